import { parse, stringify } from "yaml";
import type { TokenDescription } from "../../../stand-ins/gitlab-job.ts";
import type { CodeBlock, Page } from "../pages.ts";

/** A pipeline as a page shows it. */
export interface DocumentedPipeline {
  /** `README.md:12`, where the block begins. */
  readonly name: string;
  /** A complete `.gitlab-ci.yml`. */
  readonly yaml: string;
  readonly idTokens: Readonly<Record<string, TokenDescription>>;
  /** Jobs that are started by hand. */
  readonly manual: readonly string[];
}

interface Job {
  readonly stage?: string;
  readonly script?: string | readonly string[];
  readonly extends?: string | readonly string[];
  readonly needs?: readonly (string | { readonly job?: string })[];
  readonly environment?: string | { readonly name: string };
  readonly id_tokens?: unknown;
}

type Jobs = Readonly<Record<string, Job>>;

interface Include {
  readonly component: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

interface YamlBlock extends CodeBlock {
  readonly include: readonly Include[] | undefined;
  readonly jobs: Jobs;
}

/** The job that a component makes. */
interface ComponentJob {
  readonly component: string;
  readonly name: string;
}

const GLOBAL_KEYWORDS = new Set(["default", "image", "include", "stages", "variables", "workflow"]);

/** What the components call their jobs, unless an input says otherwise. */
const JOB_NAMES: Readonly<Record<string, string>> = {
  "assume-role": "assume-role",
  doctor: "aws-oidc-doctor",
  "web-identity": "aws_web_identity",
};

/** A block that is only shown, as a pipeline of which no job runs, and without what it includes from elsewhere. */
export function shownPipelinesOf({ path, blocks }: Page): readonly DocumentedPipeline[] {
  const shown = blocks.filter(({ language, isOnlyShown }) => language === "yaml" && isOnlyShown);
  return shown.map(({ line, code }) => {
    const { include: _elsewhere, ...rest } = parse(code);
    const jobs = Object.keys(rest).filter((name) => !GLOBAL_KEYWORDS.has(name));
    const idle = jobs.map((name) => [name, { ...rest[name], rules: [{ when: "never" }] }] as const);
    const yaml = stringify({ ...rest, ...Object.fromEntries(idle), ".hidden": { script: "true" } });
    return { name: `${path}:${line}`, yaml, idTokens: {}, manual: [] };
  });
}

/**
 * Makes pipelines of the blocks of YAML that a page shows. A block without `include` goes with the last one above that has
 * it; so a block that has nothing else needs no pipeline of its own where another one goes with it.
 *
 * @throws for a block without `include` above every other
 */
export function pipelinesOf(page: Page): readonly DocumentedPipeline[] {
  const blocks = page.blocks
    .filter(({ language, isOnlyShown, isIncluded }) => language === "yaml" && !isOnlyShown && !isIncluded)
    .map(parseBlock);
  return blocks.flatMap((block, index) => {
    const next = blocks[index + 1];
    const goesWithNext =
      Object.keys(block.jobs).length === 0 && next !== undefined && next.include === undefined;
    const { include } = blocks.slice(0, index + 1).findLast((above) => above.include !== undefined) ?? {};
    if (include === undefined) throw new Error(`${page.path}:${block.line}: no include here or above`);
    return goesWithNext ? [] : [buildPipeline(`${page.path}:${block.line}`, block, include)];
  });
}

function parseBlock(block: CodeBlock): YamlBlock {
  // `!reference` is a tag of GitLab's own; what it stands for is not looked at here.
  const { include, ...rest } = parse(block.code, { logLevel: "silent" });
  const jobs = Object.entries(rest).filter(([name]) => !GLOBAL_KEYWORDS.has(name));
  return { ...block, include, jobs: Object.fromEntries(jobs) as Jobs };
}

function buildPipeline(name: string, block: YamlBlock, include: readonly Include[]): DocumentedPipeline {
  const components = include.map(componentJob);
  const added = { ...neededJobs(block.jobs, components), ...consumers(block.jobs, components) };
  const jobs = { ...block.jobs, ...added };
  return {
    name,
    yaml: [
      block.include === undefined ? stringify({ include }) : "",
      block.code,
      Object.keys(added).length === 0 ? "" : stringify(added),
    ].join("\n"),
    idTokens: Object.fromEntries(
      jobsWithToken(jobs, components).map((job) => [job, describeToken(job, jobs)] as const),
    ),
    manual: components.filter(({ component }) => component === "doctor").map((job) => job.name),
  };
}

function componentJob({ component: address, inputs = {} }: Include): ComponentJob {
  const [, component = address] = /\/([\w-]+)@/.exec(address) ?? [];
  const name = String(inputs["job-name"] ?? JOB_NAMES[component]);
  return { component, name: component === "web-identity" ? `.${name}` : name };
}

/** What the page leaves to the reader: jobs such as `build`, which others need. */
function neededJobs(jobs: Jobs, components: readonly ComponentJob[]): Jobs {
  const known = new Set([...Object.keys(jobs), ...components.map(({ name }) => name)]);
  const needed = Object.values(jobs).flatMap(({ needs = [] }) =>
    needs.map((need) => (typeof need === "string" ? need : (need.job ?? ""))),
  );
  const missing = needed.filter((name) => !known.has(name));
  return Object.fromEntries(missing.map((name) => [name, { stage: "build", script: "true" }] as const));
}

/** A job for each hidden job that nobody extends. */
function consumers(jobs: Jobs, components: readonly ComponentJob[]): Jobs {
  const unused = components.filter(
    ({ name }) => name.startsWith(".") && !Object.keys(jobs).some((job) => extendsJob(job, name, jobs)),
  );
  return Object.fromEntries(
    unused.map(
      ({ name }) => [`job${name}`, { extends: name, script: "aws sts get-caller-identity" }] as const,
    ),
  );
}

function parentsOf(job: Job | undefined): readonly string[] {
  return [job?.extends ?? []].flat();
}

function extendsJob(name: string, ancestor: string, jobs: Jobs): boolean {
  return parentsOf(jobs[name]).some((parent) => parent === ancestor || extendsJob(parent, ancestor, jobs));
}

function jobsWithToken(jobs: Jobs, components: readonly ComponentJob[]): readonly string[] {
  const visible = Object.keys(jobs).filter((name) => !name.startsWith("."));
  const tokens = components.flatMap(({ name }) =>
    name.startsWith(".") ? visible.filter((job) => extendsJob(job, name, jobs)) : [name],
  );
  return [...tokens, ...visible.filter((job) => jobs[job]?.id_tokens !== undefined)];
}

function describeToken(name: string, jobs: Jobs): TokenDescription {
  const environment = environmentOf(name, jobs);
  return environment === undefined ? {} : { environment: { name: environment } };
}

function environmentOf(name: string, jobs: Jobs): string | undefined {
  const environment = jobs[name]?.environment;
  if (environment !== undefined) return typeof environment === "string" ? environment : environment.name;
  return parentsOf(jobs[name])
    .map((parent) => environmentOf(parent, jobs))
    .find((inherited) => inherited !== undefined);
}
