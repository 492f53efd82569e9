import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { STATE } from "./gitlab-ci-local.ts";
import type { Machine } from "./machine.ts";

/** The dotenv report of `assume-role`, by the id that gitlab-ci-local gives the job. */
export const REPORT = /^aws-oidc-\d+\.env$/;
const ANNOTATIONS = /^aws-oidc-\d+\.annotations\.json$/;

export interface JobRun {
  readonly status: "passed" | "failed";
  /** Standard output and error, as the page of the job shows them. */
  readonly log: string;
  /** Names of the variables in its dotenv report. */
  readonly reported: readonly string[];
  /** Its `artifacts:reports:annotations`, `undefined` if it has none. */
  readonly annotations: unknown;
}

/**
 * Reads every job as the consumer's file and its includes give it.
 *
 * @throws with what gitlab-ci-local printed, if it did not take the configuration
 */
export async function readConfiguration(
  machine: Machine,
  output: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return parse(await readFile(join(machine.project, STATE, "expanded-gitlab-ci.yml"), "utf8"));
  } catch {
    throw new Error(`gitlab-ci-local ran no pipeline:\n${output}`);
  }
}

/** Reads what gitlab-ci-local says in the end about every job that ran, also in a child pipeline. */
export async function readJobs(machine: Machine, output: string): Promise<Readonly<Record<string, JobRun>>> {
  const verdicts = output.matchAll(/^ (PASS|FAIL) {2}(?:\[.*\] -> )?(\S.*?) *$/gm);
  const jobs = [...verdicts].map(
    async ([, verdict, name = ""]) =>
      [name, await readJob(machine, name, verdict === "PASS" ? "passed" : "failed")] as const,
  );
  return Object.fromEntries(await Promise.all(jobs));
}

async function readJob(machine: Machine, name: string, status: JobRun["status"]): Promise<JobRun> {
  const folder = folderName(name);
  const state = (...path: readonly string[]) => join(machine.project, STATE, ...path);
  const files = await readdir(state("builds", folder)).catch(() => []);
  const optional = async (pattern: RegExp) => {
    const [file] = files.filter((name) => pattern.test(name));
    return file === undefined ? undefined : await readFile(state("builds", folder, file), "utf8");
  };
  const report = (await optional(REPORT)) ?? "";
  const annotations = await optional(ANNOTATIONS);
  return {
    status,
    // A trigger job has none.
    log: await readFile(state("output", `${folder}.log`), "utf8").catch(() => ""),
    reported: [...report.matchAll(/^[^=\n]+(?==)/gm)].map(([variable]) => variable),
    annotations: annotations === undefined ? undefined : JSON.parse(annotations),
  };
}

/** How gitlab-ci-local writes the name of a job in a path, such as `deploy: [eu-west-1]` of a matrix. */
function folderName(job: string): string {
  return job.replaceAll(/[^\w-]+/g, (text) => Buffer.from(text).toString("base64url"));
}
