import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Machine } from "./machine.ts";

/** Where gitlab-ci-local keeps its state, below the project. */
export const STATE = ".gitlab-ci-local";
/** The project's variables, beside the project. */
export const VARIABLES_FILE = "variables.yml";
/** Jobs as in `.gitlab-ci.yml`, merged into those; below the project. */
export const OVERRIDES_FILE = ".gitlab-ci-local.yml";

const COMMAND = [
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
  /** Whether the pipeline is checked against GitLab's JSON schema first, which takes longer than all else before the first job. */
  readonly checksSchema?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the pipeline of the machine's project.
 *
 * @throws the signal's reason, when it ends the pipeline
 */
export async function runGitlabCiLocal(
  machine: Machine,
  { manual = [], checksSchema = false, signal }: LocalRun,
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const outputFile = join(machine.folder, "output.txt");
  // A file, since gitlab-ci-local ends without waiting for what it printed to be read.
  const output = await open(outputFile, "w");
  try {
    const schema = checksSchema ? [] : ["--no-json-schema-validation"];
    const argv = [...COMMAND, ...schema, ...manual.flatMap((job) => ["--manual", job])];
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
