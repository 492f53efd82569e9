import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { RUNNERS, runnerScript, savedByEcho } from "./gitlab-runner.ts";

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

/** One list of shell commands of a hidden job of a template, with that name as its input `job-name`. */
export function readCommands(template: string, job: string, keyword: string): readonly string[] {
  const file = join(import.meta.dirname, "../../templates", `${template}.yml`);
  const [, body] = parseAllDocuments(readFileSync(file, "utf8"));
  const [[, hiddenJob] = []] = Object.entries(body?.toJS()).filter(([name]) => name.startsWith("."));
  const commands = (hiddenJob as Readonly<Record<string, readonly string[]>>)[keyword] ?? [];
  return commands.map((command) => command.replaceAll("$[[ inputs.job-name ]]", job));
}

export interface ShellRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell, and the way that a job's commands take to it. */
export interface Delivery {
  readonly name: string;
  readonly shell: Shell;
  /** What the shell reads. */
  readonly render: (commands: readonly string[], fileToSaveIn: string) => string;
}

/** Every way of a runner, in every shell that this machine has. */
export function findDeliveries(): readonly Delivery[] {
  return findShells().flatMap((shell) => [
    ...RUNNERS.map((runner) => ({
      name: `${shell.name}, fed by ${runner}`,
      shell,
      render: (commands: readonly string[]) => runnerScript(commands, shell, runner),
    })),
    {
      name: `${shell.name}, saved by echo as on Kubernetes`,
      shell,
      render: (commands: readonly string[], file: string) =>
        savedByEcho(runnerScript(commands, shell), shell, file),
    },
  ]);
}

/**
 * The first of these ways in every shell: for what commands make of their variables, which does not depend on the way that
 * they took.
 */
export function findUsualDeliveries(): readonly Delivery[] {
  const all = findDeliveries();
  return all.filter(({ shell }, index) => all.findIndex((one) => one.shell.name === shell.name) === index);
}

export interface ShellJob {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs commands as a runner does: in one shell that ends at the first failure, with the given environment only. */
export function runCommands(
  { shell, render }: Pick<Delivery, "shell" | "render">,
  commands: readonly string[],
  job: ShellJob,
): ShellRun {
  const [program, ...argv] = shell.command;
  const scripts = mkdtempSync(join(tmpdir(), "runner-scripts-"));
  const { status, stdout, stderr } = spawnSync(program, argv, {
    input: render(commands, join(scripts, "script")),
    cwd: job.folder,
    env: { PATH: process.env.PATH, HOME: job.folder, TMPDIR: job.folder, ...job.env },
    encoding: "utf8",
  });
  rmSync(scripts, { recursive: true });
  return { exitCode: status, stdout, stderr };
}
