import {
  type CommandName,
  type ComponentName,
  type Input,
  variableName,
} from "../src/config/inputs/input.ts";
import { componentInputsOf, inputsOf } from "../src/config/inputs/inputs.ts";
import { COMMANDS } from "../src/config/inputs/usage.ts";

/**
 * Replaces the text between `<marker> generated: name` and `<marker> end of generated`, keeping the markers' indent.
 */
export function replaceBlock(text: string, name: string, content: string): string {
  const begin = new RegExp(`^([ \\t]*)(?:#|<!--) generated: ${name}(?: -->)?$`, "m").exec(text);
  const start = begin === null ? -1 : begin.index + begin[0].length + 1;
  const end = begin === null ? -1 : text.slice(start).search(/^[ \t]*(?:#|<!--) end of generated/m);
  if (begin === null || end < 0) throw new Error(`no block "generated: ${name}" to fill`);
  const indented = content.replaceAll(/^(?=.)/gm, begin[1] ?? "");
  return text.slice(0, start) + indented + text.slice(start + end);
}

/** The entries of `spec:inputs` of a template. */
export function renderSpecInputs(component: ComponentName): string {
  return componentInputsOf(component)
    .map(
      (input) =>
        `${input.name}:\n${specFields(input)
          .map((field) => `  ${field}\n`)
          .join("")}`,
    )
    .join("");
}

/**
 * The entries of `variables:` that pass inputs to the script, each a whole value, never part of a text. Those of a
 * hidden job end in its name, so that a job can extend several.
 */
export function renderVariables(component: ComponentName): string {
  const key = (name: string): string =>
    component === "web-identity" ? `"${variableName(name)}_$[[ inputs.job-name ]]"` : variableName(name);
  return componentInputsOf(component)
    .filter(({ reaches }) => reaches === "script")
    .map((input) => `${key(input.name)}: ${variableEntry(input)}\n`)
    .join("");
}

/** The table of inputs of a component; for the doctor, only those that it does not share with `assume-role`. */
export function renderInputsTable(component: ComponentName): string {
  const isShared = ({ components }: Input): boolean =>
    component === "doctor" && components.includes("assume-role");
  return inputsTable(componentInputsOf(component).filter((input) => !isShared(input)));
}

/** What most pipelines set, in the order in which they need it. */
const USUAL_INPUTS = [
  "role-arn",
  "region",
  "audience",
  "duration-seconds",
  "stage",
  "job-name",
  "variable-prefix",
  "profile",
  "chained-role-arn",
  "allowed-account-ids",
];

/** The README's table: the inputs of `assume-role` that most pipelines set. */
export function renderUsualInputs(): string {
  const inputs = componentInputsOf("assume-role");
  return inputsTable(USUAL_INPUTS.flatMap((name) => inputs.find((input) => input.name === name) ?? []));
}

function inputsTable(inputs: readonly Input[]): string {
  const rows = inputs.map(
    ({ name, default: value, description, options }) =>
      `| \`${name}\` | ${defaultCell(value)} | ${description}${options ? ` One of ${options.map(code).join(", ")}.` : ""} |\n`,
  );
  return `| input | default | meaning |\n|---|---|---|\n${rows.join("")}`;
}

/** The flags of every command, a table for each. */
export function renderFlags(): string {
  return COMMANDS.map((name) => `### ${code(name)}\n\n${flagsTable(name)}`).join("\n");
}

function flagsTable(command: CommandName): string {
  const flags = inputsOf(command).filter(({ reaches }) => reaches !== "job");
  const rows = flags.map((input) => {
    const value = input.options === undefined ? input.placeholder : `<${input.options.join("\\|")}>`;
    const names = [input.name, ...(input.alias === undefined ? [] : [input.alias])];
    const flag = names.map((name) => code(`--${name}${value ? ` ${value}` : ""}`)).join(", ");
    const variable = input.reaches === "script" ? code(variableName(input.name)) : "";
    return `| ${flag} | ${variable} | ${input.description.replaceAll(/(?<!`)--[a-z-]+/g, code)} |\n`;
  });
  return `| flag | variable | meaning |\n|---|---|---|\n${rows.join("")}`;
}

function specFields(input: Input): readonly string[] {
  return [
    ...(input.type === "string" ? [] : [`type: ${input.type}`]),
    ...(input.default === undefined ? [] : [`default: ${JSON.stringify(input.default)}`]),
    ...(input.regex === undefined ? [] : [`regex: ${JSON.stringify(input.regex)}`]),
    ...(input.options === undefined ? [] : [`options: ${JSON.stringify(input.options)}`]),
    `description: ${JSON.stringify(input.description)}`,
  ];
}

function variableEntry({ name, expand }: Input): string {
  const value = `$[[ inputs.${name} ]]`;
  return expand === false ? `{ value: "${value}", expand: false }` : value;
}

function defaultCell(value: Input["default"]): string {
  if (value === undefined) return "required";
  if (value === "") return "";
  return code(String(value));
}

function code(text: string): string {
  return `\`${text}\``;
}
