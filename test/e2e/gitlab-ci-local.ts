import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { COMPILED_ONCE, type Machine } from "./machine.ts";

/** Where gitlab-ci-local keeps its state, below the project. */
export const STATE = ".gitlab-ci-local";
/** The project's variables, beside the project. */
export const VARIABLES_FILE = "variables.yml";
/** Jobs as in `.gitlab-ci.yml`, merged into those; below the project. */
export const OVERRIDES_FILE = ".gitlab-ci-local.yml";

const COMMAND = [
  ...COMPILED_ONCE,
  createRequire(import.meta.url).resolve("gitlab-ci-local"),
  // Every job in a folder of its own, without a container.
  "--force-shell-executor",
  "--shell-isolation",
  "--no-artifacts-to-source",
  "--variables-file",
  `../${VARIABLES_FILE}`,
] as const;

export interface LocalRun {
  /** Manual jobs that are started. */
  readonly manual?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
}

/**
 * Runs the pipeline of the machine's project.
 *
 * @throws the signal's reason, when it ends the pipeline
 */
export function runGitlabCiLocal(machine: Machine, { manual = [], signal }: LocalRun): Promise<Ended> {
  // Checking the schema takes longer than all else before the first job: `checkSchema` does it for many pipelines at once.
  const options = ["--no-json-schema-validation", ...manual.flatMap((job) => ["--manual", job])];
  return run(machine, options, signal);
}

/** Lists the jobs of the machine's project, if its pipeline fits GitLab's JSON schema. */
export function listJobs(machine: Machine): Promise<Ended> {
  return run(machine, ["--list"]);
}

async function run(machine: Machine, options: readonly string[], signal?: AbortSignal): Promise<Ended> {
  const outputFile = join(machine.folder, "output.txt");
  // A file, since gitlab-ci-local ends without waiting for what it printed to be read.
  const output = await open(outputFile, "w");
  try {
    const argv = [...COMMAND, ...options];
    const exitCode = await runProcessGroup(machine, { argv, output: output.fd, signal });
    return { exitCode, output: await readFile(outputFile, "utf8") };
  } finally {
    await output.close();
  }
}

interface ProcessGroup {
  readonly argv: readonly string[];
  readonly output: number;
  readonly signal: AbortSignal | undefined;
}

function runProcessGroup(
  { project, env }: Machine,
  { argv, output, signal }: ProcessGroup,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(process.execPath, argv, {
      cwd: project,
      env,
      stdio: ["ignore", output, output],
      detached: true,
    });
    // gitlab-ci-local would leave the shells of its jobs behind; nothing that they do is kept.
    const end = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    signal?.addEventListener("abort", end, { once: true });
    child.once("error", reject);
    child.once("exit", (exitCode) => {
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(signal.reason);
      else resolve(exitCode);
    });
  });
}
