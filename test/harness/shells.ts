import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parseAllDocuments } from "yaml";

/** A shell that jobs run in, as a program and its leading arguments. */
export interface Shell {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** The shells of GitLab's runners and common images that this machine has; bash is always among them. */
export function findShells(): readonly Shell[] {
  return ["bash", "dash", "busybox sh"].flatMap((name): Shell[] => {
    const [program = "", ...argv] = name.split(" ");
    const file = findExecutable(program);
    return file === undefined ? [] : [{ name, command: [file, ...argv] }];
  });
}

/** Finds a program on the path; `undefined` where this machine does not have it. */
export function findExecutable(name: string): string | undefined {
  const candidates = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** One list of shell commands of a job of a template, as a YAML parser gives it. */
export function readCommands(template: string, job: string, keyword: string): readonly string[] {
  const file = join(import.meta.dirname, "../../templates", `${template}.yml`);
  const [, body] = parseAllDocuments(readFileSync(file, "utf8"));
  return body?.toJS()[job][keyword];
}

export interface ShellRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs commands as a runner does: in one shell that ends at the first failure, with the given environment only. */
export function runCommands(
  shell: Shell,
  commands: readonly string[],
  job: { readonly folder: string; readonly env: Readonly<Record<string, string | undefined>> },
): ShellRun {
  const [program, ...argv] = shell.command;
  const { status, stdout, stderr } = spawnSync(program, [...argv, "-e"], {
    input: `( ${commands.join("\n")}\n) < /dev/null\n`,
    cwd: job.folder,
    env: { PATH: process.env.PATH, HOME: job.folder, TMPDIR: job.folder, ...job.env },
    encoding: "utf8",
  });
  return { exitCode: status, stdout, stderr };
}
