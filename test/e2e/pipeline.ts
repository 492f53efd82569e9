import { spawn } from "node:child_process";
import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, relative } from "node:path";
import { parse, stringify } from "yaml";
import type { TokenDescription } from "../fakes/gitlab-job.ts";
import type { World } from "../fakes/world.ts";
import { findSecrets } from "../harness/secret-search.ts";
import { createConsumerProject, type Files } from "./consumer-project.ts";
import { createMachine, type Machine } from "./machine.ts";

export interface PipelineOptions {
  /** The consumer's files, `.gitlab-ci.yml` among them. */
  readonly files: Files;
  /** CI/CD variables of the project, in addition to the address of STS. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The jobs that have `id_tokens`, and what their token says; `assume-role` on branch `main` unless given. */
  readonly idTokens?: Readonly<Record<string, TokenDescription>>;
  /** Ends the pipeline and every process of it. */
  readonly signal?: AbortSignal;
}

export interface PipelineRun {
  readonly exitCode: number | null;
  /** Everything that gitlab-ci-local printed. */
  readonly output: string;
  /** The jobs that ran, by name. */
  readonly jobs: Readonly<Record<string, JobRun>>;
  /** Every job as the consumer's file and its includes give it, defaults applied. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Paths of all files that were left in the project's folder. */
  readonly files: readonly string[];
}

export interface JobRun {
  readonly status: "passed" | "failed";
  /** Standard output and error, as the page of the job shows them. */
  readonly log: string;
  /** Names of the variables in its dotenv report. */
  readonly reported: readonly string[];
}

/** Where gitlab-ci-local keeps its state, below the project. */
const STATE = ".gitlab-ci-local";
const VARIABLES_FILE = "variables.yml";
const REPORT = "aws-oidc.env";

const GITLAB_CI_LOCAL = [
  createRequire(import.meta.url).resolve("gitlab-ci-local"),
  // Every job in a folder of its own, without a container.
  "--force-shell-executor",
  "--shell-isolation",
  "--no-artifacts-to-source",
  "--variables-file",
  `../${VARIABLES_FILE}`,
] as const;

/**
 * Runs the pipeline of a consumer with gitlab-ci-local, against the stand-ins, in a folder that is removed afterwards.
 *
 * @throws when a secret is found in what was printed, or in a file other than the dotenv report
 * @throws the signal's reason, when it ends the pipeline
 */
export async function runPipeline(world: World, options: PipelineOptions): Promise<PipelineRun> {
  const machine = await createMachine();
  try {
    await createConsumerProject(machine, options.files);
    const tokens = await provideVariables(machine, world, options);
    const { exitCode, output } = await runGitlabCiLocal(machine, options.signal);
    const paths = await listFiles(machine.folder);
    await assertNoSecrets(machine, paths, [...tokens, ...world.sts.secretsIssued()]);
    return {
      exitCode,
      output,
      jobs: await readJobs(machine, output),
      configuration: await readConfiguration(machine, output),
      files: paths.map((path) => relative(machine.project, path)).filter((path) => !path.startsWith("..")),
    };
  } finally {
    await machine.remove();
  }
}

/**
 * Sets the project's variables. gitlab-ci-local has no `id_tokens`: a job gets its token as a variable of an environment
 * that is its alone, so that no other job sees it, as on GitLab.
 *
 * @returns the tokens
 */
async function provideVariables(
  machine: Machine,
  world: World,
  { variables = {}, idTokens = { "assume-role": {} } }: PipelineOptions,
): Promise<readonly string[]> {
  const tokens = Object.entries(idTokens).map(([job, token]) => [job, world.mintToken(token)] as const);
  const environmentOf = (job: string): string => `id-token-of/${job}`;
  const environments = tokens.map(([job]) => [
    job,
    { environment: { name: environmentOf(job), action: "access" } },
  ]);
  const tokenByEnvironment = Object.fromEntries(tokens.map(([job, token]) => [environmentOf(job), token]));
  const ordinary = Object.entries({ AWS_ENDPOINT_URL_STS: world.sts.url, ...variables });
  const all = Object.fromEntries([
    ...ordinary.map(([name, value]) => [name, { type: "variable", values: { "*": value } }]),
    ["GITLAB_OIDC_TOKEN", { type: "variable", values: tokenByEnvironment }],
  ]);
  await writeFile(join(machine.project, ".gitlab-ci-local.yml"), stringify(Object.fromEntries(environments)));
  await writeFile(join(machine.folder, VARIABLES_FILE), stringify(all), { mode: 0o600 });
  return tokens.map(([, token]) => token);
}

async function runGitlabCiLocal(
  machine: Machine,
  signal: AbortSignal | undefined,
): Promise<Pick<PipelineRun, "exitCode" | "output">> {
  const outputFile = join(machine.folder, "output.txt");
  // A file, since gitlab-ci-local ends without waiting for what it printed to be read.
  const output = await open(outputFile, "w");
  try {
    const exitCode = await runProcessGroup(machine, output.fd, signal);
    return { exitCode, output: await readFile(outputFile, "utf8") };
  } finally {
    await output.close();
  }
}

function runProcessGroup(
  { project, env }: Machine,
  output: number,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(process.execPath, GITLAB_CI_LOCAL, {
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

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function assertNoSecrets(
  machine: Machine,
  paths: readonly string[],
  secrets: readonly string[],
): Promise<void> {
  // Every job has a copy of the project: what is the same is searched once.
  const places = new Map<string, string>();
  for (const path of paths) {
    if (![REPORT, VARIABLES_FILE].includes(basename(path))) places.set(await readFile(path, "latin1"), path);
  }
  const found = [...places].flatMap(([text, path]) =>
    findSecrets(text, secrets).map((secret) => `${relative(machine.folder, path)}: ${secret}`),
  );
  if (found.length > 0) throw new Error(`The pipeline left secrets behind:\n${found.join("\n")}`);
}

/** @throws with what gitlab-ci-local printed, if it did not take the configuration */
async function readConfiguration(machine: Machine, output: string): Promise<PipelineRun["configuration"]> {
  try {
    return parse(await readFile(join(machine.project, STATE, "expanded-gitlab-ci.yml"), "utf8"));
  } catch {
    throw new Error(`gitlab-ci-local ran no pipeline:\n${output}`);
  }
}

/** Reads what gitlab-ci-local says in the end about every job that ran. */
async function readJobs(machine: Machine, output: string): Promise<PipelineRun["jobs"]> {
  const verdicts = output.matchAll(/^ (PASS|FAIL) {2}(\S+) *$/gm);
  const jobs = [...verdicts].map(async ([, verdict, name = ""]) => {
    const log = await readFile(join(machine.project, STATE, "output", `${name}.log`), "utf8");
    const report = await readFile(join(machine.project, STATE, "builds", name, REPORT), "utf8").catch(
      () => "",
    );
    const reported = report
      .split("\n")
      .flatMap((line) => line.split("=").slice(0, 1))
      .filter(Boolean);
    return [name, { status: verdict === "PASS" ? "passed" : "failed", log, reported }] as const;
  });
  return Object.fromEntries(await Promise.all(jobs));
}
