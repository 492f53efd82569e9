import { type Checked, invalid, valid } from "../foundation/checked.ts";
import type { Environment } from "../foundation/ports.ts";

/** What GitLab's predefined variables say about the running job; empty ones count as absent. */
export interface GitLabJob {
  readonly serverUrl: string | undefined;
  readonly projectId: string | undefined;
  readonly projectPath: string | undefined;
  readonly pipelineId: string | undefined;
  /** Digits; the names of the job's reports contain it. */
  readonly jobId: string | undefined;
  readonly jobName: string | undefined;
  readonly jobUrl: string | undefined;
  readonly defaultBranch: string | undefined;
  /** In merge request pipelines: the project of the source branch, which may be a fork. */
  readonly mergeRequestSourceProjectId: string | undefined;
}

/** @see https://docs.gitlab.com/ci/variables/predefined_variables/ */
export function readJob(env: Environment): GitLabJob {
  const read = (name: string): string | undefined => env[name] || undefined;
  return {
    serverUrl: read("CI_SERVER_URL"),
    projectId: read("CI_PROJECT_ID"),
    projectPath: read("CI_PROJECT_PATH"),
    pipelineId: read("CI_PIPELINE_ID"),
    jobId: read("CI_JOB_ID"),
    jobName: read("CI_JOB_NAME"),
    jobUrl: read("CI_JOB_URL"),
    defaultBranch: read("CI_DEFAULT_BRANCH"),
    mergeRequestSourceProjectId: read("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"),
  };
}

export const JOB_ID_PATTERN = /^[0-9]{1,20}$/;

/** The job, unless its id could lead a file named after it elsewhere. */
export function parseJob(env: Environment): Checked<GitLabJob> {
  const job = readJob(env);
  if (job.jobId === undefined || JOB_ID_PATTERN.test(job.jobId)) return valid(job);
  return invalid({
    subject: "CI_JOB_ID",
    found: JSON.stringify(job.jobId),
    expected: "digits, as GitLab sets it",
    fix: "Remove the CI/CD variable with that name, which replaces GitLab's own.",
  });
}
