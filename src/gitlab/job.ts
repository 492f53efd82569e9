import type { Environment } from "../host.ts";

/** What GitLab's predefined variables say about the running job; empty ones count as absent. */
export interface GitLabJob {
  readonly serverUrl: string | undefined;
  readonly projectId: string | undefined;
  readonly projectPath: string | undefined;
  readonly pipelineId: string | undefined;
  readonly jobName: string | undefined;
  readonly jobUrl: string | undefined;
  /** In pipelines of merge requests: the project of the source branch, which may be a fork. */
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
    jobName: read("CI_JOB_NAME"),
    jobUrl: read("CI_JOB_URL"),
    mergeRequestSourceProjectId: read("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"),
  };
}
