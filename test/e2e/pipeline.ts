import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { stringify } from "yaml";
import type { TokenDescription } from "../../stand-ins/gitlab-job.ts";
import type { World } from "../fakes/world.ts";
import { createSecretSearch } from "../harness/secret-search.ts";
import { createConsumerProject, type Files } from "./consumer-project.ts";
import { type LocalRun, OVERRIDES_FILE, runGitlabCiLocal, VARIABLES_FILE } from "./gitlab-ci-local.ts";
import { createMachine, type Machine } from "./machine.ts";
import { type JobRun, REPORT, readConfiguration, readJobs } from "./results.ts";

export type { JobRun } from "./results.ts";

/** The ID tokens of a job: what all of them say, and what one says besides, by the hidden job of `web-identity` that it is for. */
export type JobTokens = TokenDescription & { readonly of?: Readonly<Record<string, TokenDescription>> };

export interface PipelineOptions extends LocalRun {
  /** The consumer's files, `.gitlab-ci.yml` among them. */
  readonly files: Files;
  /** Files that a second commit changes, which `rules:changes` goes by. */
  readonly changes?: Files;
  /** CI/CD variables of the project, in addition to the address of STS: a value, or one for each scope of environments. */
  readonly variables?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /**
   * The jobs that have `id_tokens`, and what their token says; `assume-role` on branch `main` unless given. Jobs of an
   * environment that the token names share it with each other.
   */
  readonly idTokens?: Readonly<Record<string, JobTokens>>;
  /** Tools that a probe replaces, which says as whom it acts (`commands/probe.ts`). */
  readonly probes?: readonly string[];
  /** What is changed in the consumer's jobs, because gitlab-ci-local cannot do it. */
  readonly overrides?: Readonly<Record<string, object>>;
}

export interface PipelineRun {
  readonly exitCode: number | null;
  /** Everything that gitlab-ci-local printed. */
  readonly output: string;
  /** The jobs that ran, by name; those of child pipelines among them. */
  readonly jobs: Readonly<Record<string, JobRun>>;
  /** Every job as the consumer's file and its includes give it, defaults applied; of a child pipeline if there is one. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Paths of all files that were left in the project's folder. */
  readonly files: readonly string[];
}

/**
 * Runs the pipeline of a consumer with gitlab-ci-local, against the stand-ins, in a folder that is removed afterwards.
 *
 * @throws when a secret is found in what was printed, or in a file other than the dotenv report
 * @throws the signal's reason, when it ends the pipeline
 */
export async function runPipeline(world: World, options: PipelineOptions): Promise<PipelineRun> {
  const machine = await createMachine(options.probes);
  try {
    await createConsumerProject(machine, options);
    const tokens = await provideVariables(machine, world, options);
    const given = new Set((await readContents(machine)).values());
    const { exitCode, output } = await runGitlabCiLocal(machine, options);
    const contents = await readContents(machine);
    assertNoSecrets(without(given, contents), [...tokens, ...world.sts.secretsIssued()]);
    return {
      exitCode,
      output,
      jobs: await readJobs(machine, output),
      configuration: await readConfiguration(machine, output),
      files: [...contents.keys()]
        .filter((path) => path.startsWith("project/"))
        .map((path) => path.slice("project/".length)),
    };
  } finally {
    await machine.remove();
  }
}

/** Where a job gets its tokens from: the environment that it has, or one that is its alone. */
interface TokenScope {
  readonly job: string;
  readonly environment: string;
  readonly isItsOwn: boolean;
  /** By the name of the variable. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** What the hidden jobs of the `web-identity` components in these files call their tokens, and what the other jobs do. */
function tokenNames(files: Files): readonly string[] {
  const named = Object.values(files).flatMap((text) => [...text.matchAll(/job-name: *"?(\w+)/g)]);
  const hiddenJobs = new Set(["aws_web_identity", ...named.map(([, name]) => name)]);
  return ["GITLAB_OIDC_TOKEN", ...[...hiddenJobs].map((name) => `GITLAB_OIDC_TOKEN_${name}`)];
}

function tokenScope(world: World, names: readonly string[], [job, { of = {}, ...all }]: [string, JobTokens]) {
  const name = all.environment?.name;
  const tokens = names.map((variable) => {
    const own = of[variable.replace("GITLAB_OIDC_TOKEN_", "")];
    return [variable, world.mintToken({ ...all, ...own })] as const;
  });
  return {
    job,
    environment: name ?? `id-token-of/${job}`,
    isItsOwn: name === undefined,
    tokens: Object.fromEntries(tokens),
  } satisfies TokenScope;
}

/**
 * Sets the project's variables. gitlab-ci-local has no `id_tokens`: a job gets its tokens as variables of an environment,
 * so that no job of another one sees them, as on GitLab.
 *
 * @returns the tokens
 */
async function provideVariables(
  machine: Machine,
  world: World,
  { files, variables = {}, idTokens = { "assume-role": {} }, overrides = {} }: PipelineOptions,
): Promise<readonly string[]> {
  const names = tokenNames(files);
  const scopes = Object.entries(idTokens).map((entry) => tokenScope(world, names, entry));
  const jobs = scopes
    .filter(({ isItsOwn }) => isItsOwn)
    .map(({ job, environment: name }) => {
      return [job, { ...overrides[job], environment: { name, action: "access" } }] as const;
    });
  const tokenVariables = names.map((name) => {
    const values = scopes.map(({ environment, tokens }) => [environment, tokens[name]] as const);
    return [name, Object.fromEntries(values)] as const;
  });
  const all = Object.entries({
    AWS_ENDPOINT_URL_STS: world.sts.url,
    ...variables,
    ...Object.fromEntries(tokenVariables),
  }).map(([name, value]) => {
    const values = typeof value === "string" ? { "*": value } : value;
    return [name, { type: "variable", values }] as const;
  });
  const overridden = stringify({ ...overrides, ...Object.fromEntries(jobs) });
  await writeFile(join(machine.project, OVERRIDES_FILE), overridden);
  await writeFile(join(machine.folder, VARIABLES_FILE), stringify(Object.fromEntries(all)), { mode: 0o600 });
  return scopes.flatMap(({ tokens }) => Object.values(tokens));
}

/** Every file of the machine by its path below the machine's folder, read byte by byte. */
async function readContents({ folder }: Machine): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = paths.sort().map(async (path) => {
    return [relative(folder, path), await readFile(path, "latin1")] as const;
  });
  return new Map(await Promise.all(contents));
}

/** What was there before any secret was issued holds none, and neither do the copies of it that every job has. */
function without(
  given: ReadonlySet<string>,
  contents: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...contents].filter(([, text]) => !given.has(text)));
}

function assertNoSecrets(contents: ReadonlyMap<string, string>, secrets: readonly string[]): void {
  const search = createSecretSearch(secrets);
  const places = new Map<string, string>();
  for (const [path, text] of contents) {
    const name = basename(path);
    if (!REPORT.test(name) && name !== VARIABLES_FILE) places.set(text, path);
  }
  const found = [...places].flatMap(([text, path]) => search(text).map((secret) => `${path}: ${secret}`));
  if (found.length > 0) throw new Error(`The pipeline left secrets behind:\n${found.join("\n")}`);
}
