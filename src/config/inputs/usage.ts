import { type CommandName, type Input, variableName } from "./input.ts";
import { inputsOf } from "./inputs.ts";

/** What each command does, in the order of `--help`. */
const SUMMARIES: Readonly<Record<CommandName, string>> = {
  "assume-role": "exchange the job's ID token for AWS credentials and write the dotenv report",
  doctor: "say what works and what stands in the way, in a job or offline",
  "trust-policy": "write the AWS side: trust policy, CloudFormation, Terraform or AWS CLI commands",
};

/** The help for the program as a whole. */
export function renderUsage(version: string): string {
  const commands = Object.entries(SUMMARIES).map(([name, summary]) => `  ${name.padEnd(14)}${summary}\n`);
  return (
    `aws-oidc ${version}: temporary AWS credentials for GitLab CI/CD jobs\n\n` +
    `Usage: node aws-oidc.cjs <command> [options]\n\nCommands\n${commands.join("")}\n` +
    "Options\n  --help        this text, or that of a command\n  --version     the version\n\n" +
    "Exit codes: 0 done, 1 refused or failed, 2 wrong configuration; 130 or 143 when the job was cancelled.\n"
  );
}

/** The help for one command, from the table of inputs. */
export function renderCommandUsage(name: CommandName): string {
  const options = inputsOf(name).filter(({ reaches }) => reaches !== "job");
  const hasVariables = options.some(({ reaches }) => reaches === "script");
  const heading = hasVariables ? "Options, each with the variable that stands for it" : "Options";
  return `Usage: node aws-oidc.cjs ${name} [options]\n\n${SUMMARIES[name]}\n\n${heading}\n\n${options.map(renderOption).join("\n")}`;
}

function renderOption(input: Input): string {
  const value = input.options === undefined ? input.placeholder : `<${input.options.join("|")}>`;
  const fallback =
    input.default === undefined ? "required" : input.default === "" ? "" : `default ${String(input.default)}`;
  const repeats = input.isList ? "may be given more than once" : "";
  const remarks = [fallback, repeats].filter((remark) => remark !== "").join("; ");
  const names = [input.name, ...(input.alias === undefined ? [] : [input.alias])];
  const flags = names.map((name) => `--${name}`).join(", ");
  const variable = input.reaches === "script" ? `   ${variableName(input.name)}` : "";
  return `  ${`${flags} ${value}`.trimEnd()}${variable}\n${wrap(input.description)}${remarks === "" ? "" : `      ${remarks}\n`}`;
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
