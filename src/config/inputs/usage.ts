import { type CommandName, type Input, variableName } from "./input.ts";
import { inputsOf } from "./inputs.ts";

/** What `--help` says about a command before the table of inputs. */
interface CommandHelp {
  readonly summary: string;
  /** Two commands to paste; `$0` stands for the program. */
  readonly examples: readonly [string, string];
  /** The flags for that use, shown first. */
  readonly first: readonly string[];
  /** What may follow the options. */
  readonly operands?: string;
  /** What a caller has to know about the output. */
  readonly closing?: string;
}

/** In the order of `--help`. */
const HELP: Readonly<Record<CommandName, CommandHelp>> = {
  "assume-role": {
    summary: "exchange the job's ID token for AWS credentials and write the dotenv report",
    examples: [
      "$0 assume-role --role-arn arn:aws:iam::123456789012:role/deploy --region eu-central-1",
      "$0 assume-role --role-arn arn:aws:iam::123456789012:role/deploy --variable-prefix TRY_",
    ],
    first: ["role-arn", "region", "variable-prefix"],
  },
  doctor: {
    summary: "check what works and what does not, in a job or offline",
    examples: [
      "aws iam get-role --role-name deploy --output json |\n    $0 doctor --trust-policy - --project acme/shop --branch main",
      '$0 doctor --explain "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"',
    ],
    first: [
      ..."trust-policy-file project branch tag merge-request environment project-id namespace-id".split(" "),
      ..."issuer audience claims role-arn fetch-trust-policy explain format strict".split(" "),
    ],
  },
  "trust-policy": {
    summary: "write the AWS side: trust policy, CloudFormation, Terraform or AWS CLI commands",
    examples: [
      "$0 trust-policy --project acme/shop --project-id 4711 --branch main --format terraform",
      "$0 trust-policy --project acme/shop --project-id 4711 --format cloudformation \\\n" +
        "    --role shop-production --branch main --protected-environment --deployment-tier production \\\n" +
        "    --role shop-review --any-branch --unprotected-environment",
    ],
    first: ["project", "project-id", "branch", "tag", "role-name", "format", "account"],
  },
  migrate: {
    summary: "print a patch that moves the jobs of a .gitlab-ci.yml to our components",
    examples: [
      "$0 migrate --component-group acme | git apply",
      "$0 migrate ci/deploy.yml --role-arn arn:aws:iam::123456789012:role/deploy",
    ],
    first: ["file", "component-group", "role-arn"],
    closing:
      "The patch goes to standard output, the explanation to standard error. Nothing else is written.\n" +
      "Exit codes: 0 the patch has everything, or there is nothing to migrate; 1 something is left to do by hand;\n" +
      "2 the file cannot be read.\n",
  },
  sandbox: {
    summary: "try a pipeline on this machine, with gitlab-ci-local and your own trust policy",
    examples: [
      "$0 sandbox --trust-policy trust-policy.json -- gitlab-ci-local",
      "$0 sandbox --trust-policy trust-policy.json --branch try-it --protected --project acme/shop \\\n" +
        "    -- gitlab-ci-local --force-shell-executor --shell-isolation",
    ],
    first: ["trust-policy-file", "project", "branch", "tag", "protected"],
    operands: " [-- <command>]",
  },
};

export const COMMANDS = Object.keys(HELP) as readonly CommandName[];

/** What a command does. */
export function summaryOf(name: CommandName): string {
  return HELP[name].summary;
}

/** The two commands to paste at the start of a command's help. */
export function examplesOf(name: CommandName, program: string): readonly string[] {
  return HELP[name].examples.map((line) => line.replace("$0", program));
}

/** The help for the whole program, with the name by which the user calls it. */
export function renderUsage(version: string, program: string): string {
  const commands = COMMANDS.map((name) => `  ${name.padEnd(14)}${HELP[name].summary}\n`);
  return (
    `aws-oidc ${version}: temporary AWS credentials for GitLab CI/CD jobs\n\n` +
    `Usage: ${program} <command> [options]\n\nCommands\n${commands.join("")}` +
    "  completion    print the completion script for bash or zsh\n\n" +
    "Options\n  -h, --help        show this text; `help <command>` shows the options of a command\n  -V, --version     show the version\n\n" +
    "Exit codes: 0 done, 1 refused or failed, 2 wrong configuration; 130 or 143 when cancelled.\n"
  );
}

/** The help for one command: two examples, the flags for that use, then the rest of the table of inputs. */
export function renderCommandUsage(name: CommandName, program: string): string {
  const { summary, first, operands = "", closing } = HELP[name];
  const options = inputsOf(name).filter(({ reaches }) => reaches !== "job");
  const hasVariables = options.some(({ reaches }) => reaches === "script");
  const heading = hasVariables ? "Options, each with the variable that also sets it, if any" : "Options";
  const others = options.filter((input) => !first.includes(input.name));
  const usual = first.flatMap((flag) => options.find((input) => input.name === flag) ?? []);
  const examples = examplesOf(name, program).map((line) => `  ${line}\n`);
  return (
    `Usage: ${program} ${name} [options]${operands}\n\n${summary}\n\n${examples.join("")}\n${heading}\n\n` +
    [...usual, ...others].map((input) => renderOption(input, REQUIRED[name])).join("\n") +
    (closing === undefined ? "" : `\n${closing}`)
  );
}

/** The remark on an option without a default; the doctor can run without it. */
const REQUIRED: Readonly<Record<CommandName, string>> = {
  "assume-role": "required",
  doctor: "required in a job, and with --fetch-trust-policy",
  "trust-policy": "required",
  migrate: "required",
  sandbox: "required",
};

function renderOption(input: Input, required: string): string {
  const value = input.options === undefined ? input.placeholder : `<${input.options.join("|")}>`;
  const fallback =
    input.default === undefined ? required : input.default === "" ? "" : `default ${String(input.default)}`;
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
