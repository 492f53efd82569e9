import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Shell } from "./shells.ts";

/**
 * How gitlab-runner hands a job's commands to a shell: one text, quoted, which the shell evaluates without any input.
 *
 * @see https://gitlab.com/gitlab-org/gitlab-runner/-/blob/main/shells/bash.go (`Finish` and `generateSaveScript`)
 */
const EVALUATIONS = {
  "a runner": (quoted: string) => `(trap 'exit 1' TERM; eval ${quoted}) < /dev/null`,
  "a runner before 19.1": (quoted: string) => `: | eval ${quoted}`,
} as const;

export const RUNNERS = Object.keys(EVALUATIONS) as readonly Runner[];

export type Runner = keyof typeof EVALUATIONS;

/** The text that a runner feeds to the shell of a job, on standard input or from a file. */
export function runnerScript(commands: readonly string[], shell: Shell, runner: Runner = "a runner"): string {
  return [
    "#!/usr/bin/env bash\n",
    runner === "a runner" ? "trap 'exit 1' TERM\n" : "",
    'case "$(set -o)" in *"pipefail"*) set -o pipefail;; esac; set -o errexit',
    "set +o noclobber",
    EVALUATIONS[runner](quoteFor(shell)(`${commands.map((command) => command.trim()).join("\n")}\n`)),
    "exit 0\n",
  ].join("\n");
}

/** On Kubernetes the runner writes that text into a file by the shell's own `echo`, and runs the file. */
export function savedByEcho(script: string, shell: Shell, file: string): string {
  return `echo ${quoteFor(shell)(script)} > ${file}\n. ${file}\n`;
}

/** dash knows no `$'…'`: there the runner's `FF_POSIXLY_CORRECT_ESCAPES` must be on, for every job. */
function quoteFor({ name }: Shell): (text: string) => string {
  return name === "dash" ? quoteWithDoubleQuotes : quoteAsAnsiC;
}

function quoteWithDoubleQuotes(text: string): string {
  return `"${text.replaceAll(/[`"\\$]/g, "\\$&")}"`;
}

const ANSI_C_NAMES: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "'": "\\'", "\\": "\\\\" };

function quoteAsAnsiC(text: string): string {
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  const quoted = bytes.replaceAll(/[^ -~]|['\\]/g, (character) => {
    const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
    return ANSI_C_NAMES[character] ?? `\\x${hex}`;
  });
  return `$'${quoted}'`;
}

/** The script of the hidden job that a template refers to, as a YAML parser gives it. */
export function readRuntimeScript(): string {
  const runtime = parse(readFileSync(join(import.meta.dirname, "../../dist/runtime.yml"), "utf8"));
  const [job] = Object.values<{ readonly script: readonly string[] }>(runtime);
  return job?.script[0] ?? "";
}
