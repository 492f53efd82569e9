import { randomUUID } from "node:crypto";

/** Parts of `sub`, as the project setting `ci_id_token_sub_claim_components` names them. */
export type SubComponent =
  | "project_path"
  | "project_id"
  | "job_project_path"
  | "job_project_id"
  | "ref_type"
  | "ref"
  | "ref_protected"
  | "environment_protected"
  | "deployment_tier";

/** The CI job that a token speaks of; everything has a default. */
export interface GitLabJob {
  /** `group/project`. */
  readonly project?: string;
  readonly projectId?: string;
  readonly namespaceId?: string;
  readonly projectVisibility?: "private" | "internal" | "public";
  /** Project that the pipeline runs in, where it differs from `project`: a merge request from a fork. */
  readonly jobProject?: { readonly path: string; readonly id: string; readonly namespaceId: string };
  readonly ref?: string;
  readonly refType?: "branch" | "tag";
  readonly refProtected?: boolean;
  readonly environment?: {
    readonly name: string;
    readonly isProtected?: boolean;
    readonly tier?: "production" | "staging" | "testing" | "development" | "other";
    readonly action?: string;
  };
  readonly pipelineId?: string;
  readonly pipelineSource?: string;
  readonly jobId?: string;
  readonly userId?: string;
  readonly userLogin?: string;
  readonly userEmail?: string;
  readonly userAccessLevel?: string;
  readonly runnerId?: number;
  readonly runnerEnvironment?: "gitlab-hosted" | "self-hosted";
  readonly sha?: string;
}

/** What a token says, beyond the job that it speaks of. */
export interface TokenDescription extends GitLabJob {
  /** The issuer's URL unless given. */
  readonly aud?: string | readonly string[];
  readonly issuedAt?: Date;
  /** 3600 unless given. */
  readonly expiresInSeconds?: number;
  readonly subComponents?: readonly SubComponent[];
  /** Claims that replace or extend those of the job; `undefined` removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

const JOB_DEFAULTS = {
  project: "acme/shop",
  projectId: "4711",
  namespaceId: "42",
  projectVisibility: "private",
  ref: "main",
  refType: "branch",
  refProtected: true,
  pipelineId: "90210",
  pipelineSource: "push",
  jobId: "31337",
  userId: "7",
  userLogin: "ada",
  userEmail: "ada@example.com",
  userAccessLevel: "maintainer",
  runnerId: 1,
  runnerEnvironment: "self-hosted",
  sha: "714a629c0b401fdce83e847fc9589983fc6f46bc",
} as const satisfies GitLabJob;

type CompleteJob = Required<Omit<GitLabJob, "environment">> & Pick<GitLabJob, "environment">;

function completeJob(job: GitLabJob): CompleteJob {
  const complete = { ...JOB_DEFAULTS, ...job };
  const { project: path, projectId: id, namespaceId } = complete;
  return { ...complete, jobProject: job.jobProject ?? { path, id, namespaceId } };
}

function namespaceOf(projectPath: string): string {
  return projectPath.split("/").slice(0, -1).join("/");
}

function refPathOf(job: CompleteJob): string {
  return `refs/${job.refType === "tag" ? "tags" : "heads"}/${job.ref}`;
}

function environmentClaims(job: CompleteJob) {
  if (!job.environment) return {};
  const { name, isProtected = false, tier = "production", action = "start" } = job.environment;
  return {
    environment: name,
    environment_protected: String(isProtected),
    deployment_tier: tier,
    environment_action: action,
  };
}

function jobClaims(job: CompleteJob, host: string) {
  const { jobProject } = job;
  return {
    namespace_id: job.namespaceId,
    namespace_path: namespaceOf(job.project),
    project_id: job.projectId,
    project_path: job.project,
    user_id: job.userId,
    user_login: job.userLogin,
    user_email: job.userEmail,
    user_access_level: job.userAccessLevel,
    job_project_id: jobProject.id,
    job_project_path: jobProject.path,
    job_namespace_id: jobProject.namespaceId,
    job_namespace_path: namespaceOf(jobProject.path),
    pipeline_id: job.pipelineId,
    pipeline_source: job.pipelineSource,
    job_id: job.jobId,
    ref: job.ref,
    ref_type: job.refType,
    ref_path: refPathOf(job),
    ref_protected: String(job.refProtected),
    ...environmentClaims(job),
    job_source: job.pipelineSource,
    runner_id: job.runnerId,
    runner_environment: job.runnerEnvironment,
    sha: job.sha,
    project_visibility: job.projectVisibility,
    ci_config_ref_uri: `${host}/${job.project}//.gitlab-ci.yml@${refPathOf(job)}`,
    ci_config_sha: job.sha,
  };
}

/** A claim that the job does not have is left out of `sub`: that of an environment, in a job without one. */
function subjectOf(claims: Readonly<Record<string, unknown>>, components: readonly SubComponent[]): string {
  const present = components.filter((component) => claims[component] !== undefined);
  return present.map((component) => `${component}:${claims[component]}`).join(":");
}

const DEFAULT_SUB_COMPONENTS: readonly SubComponent[] = ["project_path", "ref_type", "ref"];

/**
 * Builds the claims of a GitLab ID token: identifiers are strings, `nbf` lies five seconds before `iat`, and `sub`
 * follows from the job.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
 * @see https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/ci/jwt_v2.rb
 */
export function buildIdTokenClaims(iss: string, token: TokenDescription, now: Date): Record<string, unknown> {
  const {
    aud = iss,
    issuedAt = now,
    expiresInSeconds = 3600,
    subComponents = DEFAULT_SUB_COMPONENTS,
  } = token;
  const job: Record<string, unknown> = jobClaims(completeJob(token), iss.replace(/^https?:\/\//, ""));
  const iat = Math.floor(issuedAt.getTime() / 1000);
  return {
    ...job,
    jti: randomUUID(),
    iss,
    iat,
    nbf: iat - 5,
    exp: iat + expiresInSeconds,
    sub: subjectOf(job, subComponents),
    aud,
    ...token.claims,
  };
}

/**
 * Builds the predefined variables that GitLab sets in the same job.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function buildPredefinedVariables(serverUrl: string, description: GitLabJob): Record<string, string> {
  const job = completeJob(description);
  const { protocol, host, hostname, pathname, port } = new URL(serverUrl);
  const { jobProject } = job;
  const projectUrl = `${serverUrl}/${jobProject.path}`;
  return {
    CI: "true",
    GITLAB_CI: "true",
    CI_SERVER_URL: serverUrl,
    CI_SERVER_HOST: hostname,
    CI_SERVER_FQDN: `${host}${pathname.replace(/\/$/, "")}`,
    CI_SERVER_PROTOCOL: protocol.replace(":", ""),
    CI_SERVER_PORT: port || (protocol === "https:" ? "443" : "80"),
    CI_PROJECT_ID: jobProject.id,
    CI_PROJECT_PATH: jobProject.path,
    CI_PROJECT_NAME: jobProject.path.split("/").at(-1) ?? "",
    CI_PROJECT_NAMESPACE: namespaceOf(jobProject.path),
    CI_PROJECT_NAMESPACE_ID: jobProject.namespaceId,
    CI_PROJECT_URL: projectUrl,
    CI_PROJECT_VISIBILITY: job.projectVisibility,
    CI_PIPELINE_ID: job.pipelineId,
    CI_PIPELINE_SOURCE: job.pipelineSource,
    CI_PIPELINE_URL: `${projectUrl}/-/pipelines/${job.pipelineId}`,
    CI_JOB_ID: job.jobId,
    CI_JOB_NAME: "assume-role",
    CI_JOB_URL: `${projectUrl}/-/jobs/${job.jobId}`,
    CI_COMMIT_SHA: job.sha,
    CI_COMMIT_REF_NAME: job.ref,
    CI_COMMIT_REF_PROTECTED: String(job.refProtected),
    ...(job.refType === "tag" ? { CI_COMMIT_TAG: job.ref } : { CI_COMMIT_BRANCH: job.ref }),
    ...(job.environment ? { CI_ENVIRONMENT_NAME: job.environment.name } : {}),
    GITLAB_USER_ID: job.userId,
    GITLAB_USER_LOGIN: job.userLogin,
    GITLAB_USER_EMAIL: job.userEmail,
  };
}
