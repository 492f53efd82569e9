import { stringify } from "yaml";
import { createConsumerProject } from "./consumer-project.ts";
import { listJobs } from "./gitlab-ci-local.ts";
import { createMachine } from "./machine.ts";

/** A pipeline, or one with its includes and defaults applied. */
export type Configuration = Readonly<Record<string, unknown>>;

type Job = Readonly<Record<string, unknown>>;

const NO_JOBS = new Set(["default", "image", "include", "stages", "variables", "workflow"]);
/** The stages of a pipeline that names none itself. */
const STAGES = ["build", "test", "deploy"];
/** A longer text is a script; to the schema it is a text whatever it says. */
const MAX_TEXT_LENGTH = 500;

/**
 * Holds pipelines against GitLab's JSON schema, as gitlab-ci-local brings it: all of them as one, since preparing the schema
 * takes longer than using it. A job is called by the name of its pipeline and its own.
 *
 * @returns what gitlab-ci-local says: `json schema validated`, or what does not fit
 */
export async function checkSchema(pipelines: Readonly<Record<string, Configuration>>): Promise<string> {
  const machine = await createMachine();
  try {
    await createConsumerProject(machine, {
      files: { ".gitlab-ci.yml": stringify(joinPipelines(pipelines)) },
      // Their `rules:changes` compare two commits.
      changes: { "changed.txt": "" },
    });
    return (await listJobs(machine)).output;
  } finally {
    await machine.remove();
  }
}

function joinPipelines(pipelines: Readonly<Record<string, Configuration>>): Configuration {
  const all = Object.values(pipelines).map(shorten) as readonly Configuration[];
  const lists = (keyword: string) => all.flatMap((one) => one[keyword] ?? []);
  const components = lists("include").filter((include) => Object.hasOwn(Object(include), "component"));
  const jobs = Object.keys(pipelines).flatMap((name, index) => jobsOf(all[index] ?? {}, name));
  return {
    ...Object.assign({}, ...all.map(globals)),
    stages: [...new Set([...STAGES, ...lists("stages")])],
    include: components.map(ofThisProject),
    variables: Object.assign({}, ...lists("variables")),
    ...Object.fromEntries(jobs),
  };
}

function globals(pipeline: Configuration): Configuration {
  return Object.fromEntries(Object.entries(pipeline).filter(([keyword]) => NO_JOBS.has(keyword)));
}

/** Every project of a consumer has the components, each at a commit of its own. */
function ofThisProject(include: unknown): unknown {
  const { component, ...rest } = include as { readonly component: string };
  return { component: component.replace(/@[^@]+$/, "@$CI_COMMIT_SHA"), ...rest };
}

function jobsOf(pipeline: Configuration, name: string): readonly (readonly [string, unknown])[] {
  const renamed = (job: string) => (job.startsWith(".") ? `.${name} ${job}` : `${name} ${job}`);
  const need = (one: unknown): unknown => {
    if (typeof one === "string") return renamed(one);
    const { job, ...rest } = one as { readonly job?: string };
    return job === undefined ? rest : { ...rest, job: renamed(job) };
  };
  return Object.entries(pipeline)
    .filter(([keyword]) => !NO_JOBS.has(keyword))
    .map(([job, given]) => {
      const { needs, ...rest } = given as Job & { readonly needs?: readonly unknown[] };
      return [renamed(job), needs === undefined ? rest : { ...rest, needs: needs.map(need) }] as const;
    });
}

function shorten(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, MAX_TEXT_LENGTH);
  if (Array.isArray(value)) return value.map(shorten);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shorten(one)] as const));
}
