import { type CommandName, type Input, inputsOf, variableName } from "./inputs.ts";

/** The commands, in the order of `--help`. */
export const COMMANDS: readonly { readonly name: CommandName; readonly summary: string }[] = [
  {
    name: "assume-role",
    summary: "exchange the job's ID token for AWS credentials and write the dotenv report",
  },
];

/** The help for the program as a whole. */
export function renderUsage(version: string): string {
  const commands = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}\n`).join("");
  return (
    `aws-oidc ${version}: temporary AWS credentials for GitLab CI/CD jobs\n\n` +
    `Usage: node aws-oidc.cjs <command> [options]\n\nCommands\n${commands}\n` +
    "Options\n  --help        this text, or that of a command\n  --version     the version\n\n" +
    "Exit codes: 0 done, 1 refused or failed, 2 wrong configuration; 130 or 143 when the job was cancelled.\n"
  );
}

/** The help for one command, from the table of inputs. */
export function renderCommandUsage(command: CommandName): string {
  const summary = COMMANDS.find(({ name }) => name === command)?.summary ?? "";
  const options = inputsOf(command)
    .filter(({ reaches }) => reaches === "script")
    .map(renderOption)
    .join("\n");
  return `Usage: node aws-oidc.cjs ${command} [options]\n\n${summary}\n\nOptions, each with the variable that stands for it\n\n${options}`;
}

function renderOption(input: Input): string {
  const value = input.placeholder ?? `<${(input.options ?? []).join("|")}>`;
  const fallback =
    input.default === undefined ? "required" : input.default === "" ? "" : `default ${String(input.default)}`;
  return `  --${input.name} ${value}   ${variableName(input.name)}\n${wrap(input.description)}${fallback === "" ? "" : `      ${fallback}\n`}`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.pop() ?? "";
    if (last.length + word.length > 90) lines.push(last, word);
    else lines.push(last === "" ? word : `${last} ${word}`);
  }
  return lines.map((line) => `      ${line}\n`).join("");
}
