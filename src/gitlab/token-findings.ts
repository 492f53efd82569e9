import type { GitLabJob } from "./job.ts";
import type { InspectedToken, TokenFinding } from "./token-finding.ts";

/** A difference of clocks below this is that of any two machines. */
const CLOCK_TOLERANCE_MS = 60_000;

type Rule = (token: InspectedToken, job: GitLabJob, now: Date) => TokenFinding | undefined;

/** In the order in which they explain a refusal. */
const RULES: readonly Rule[] = [
  findOtherIssuer,
  findFork,
  findUnnoticedFork,
  findClockAhead,
  findCustomSubject,
  findMergeRequest,
  findTag,
  findDefaultAudience,
  findUnprotectedRef,
  findUnprotectedEnvironment,
  findPublicProject,
];

/**
 * Tells what an ID token shows by itself, without any policy.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
 */
export function findInToken(token: InspectedToken, job: GitLabJob, now: Date): readonly TokenFinding[] {
  return RULES.map((rule) => rule(token, job, now)).filter((finding) => finding !== undefined);
}

/** A line for each finding that is worth knowing before anything has failed. */
export function listFindings(findings: readonly TokenFinding[]): readonly string[] {
  return findings.filter(({ weight }) => weight !== "evidence").map(({ text }) => `! ${text}`);
}

function findOtherIssuer({ iss }: InspectedToken, { serverUrl }: GitLabJob): TokenFinding | undefined {
  if (serverUrl === undefined || iss === serverUrl) return undefined;
  const reason = `The token's issuer is ${iss}, while this instance is ${serverUrl}.`;
  return {
    id: "issuer-differs",
    weight: "notice",
    text:
      `${reason} That is right only if the instance sets \`ci_id_tokens_issuer_url\`; ` +
      "the identity provider in AWS must have the issuer's URL.",
    explains: {
      topic: "identity-provider",
      rank: "first",
      cause: { id: "issuer-differs", reason, fix: `Make the identity provider in AWS for ${iss}.` },
    },
  };
}

/**
 * Since a security fix of 2025 the token of a fork's merge request names the fork, also where the job runs in the parent.
 *
 * @see https://gitlab.com/gitlab-org/gitlab/-/issues/561735
 */
function findFork({ all }: InspectedToken, job: GitLabJob): TokenFinding | undefined {
  const { project_id: projectId, job_project_id: jobProjectId = job.projectId } = all;
  if (projectId === undefined || jobProjectId === undefined || projectId === jobProjectId) return undefined;
  const fork = String(all.project_path ?? projectId);
  const parent = String(all.job_project_path ?? job.projectPath ?? jobProjectId);
  const reason = `This pipeline is of a merge request from a fork: its token names the fork ${fork}, not ${parent}.`;
  return {
    id: "fork",
    weight: "notice",
    text: `${reason} Trust policies for ${parent} do not admit it, and should not.`,
    explains: {
      topic: "trust-policy",
      rank: "first",
      cause: {
        id: "fork",
        reason: `${reason}\nThat protects the role from code of strangers (GitLab 18.2.2 and later).`,
        fix: `Run the job on branches of ${parent}, after the merge; do not admit the fork.`,
      },
    },
  };
}

/** Before that fix a fork got the `sub` of the parent's branch of the same name. */
function findUnnoticedFork({ all }: InspectedToken, job: GitLabJob): TokenFinding | undefined {
  const { mergeRequestSourceProjectId: source, projectId } = job;
  if (source === undefined || source === projectId || all.project_id !== projectId) return undefined;
  return {
    id: "fork-unnoticed",
    weight: "notice",
    text:
      `This pipeline is of a merge request from a fork (project ${source}), and yet its token names ${String(all.project_path ?? projectId)}: ` +
      "whoever may open a merge request gets this project's tokens. Update GitLab to 18.2.2 or later, and until then run no pipelines for forks.",
  };
}

function findClockAhead({ issuedAt }: InspectedToken, _: GitLabJob, now: Date): TokenFinding | undefined {
  const aheadMs = issuedAt === undefined ? 0 : issuedAt.getTime() - now.getTime();
  if (aheadMs <= CLOCK_TOLERANCE_MS) return undefined;
  const reason = `By this machine's clock the token was issued ${Math.round(aheadMs / 60_000)} min in the future: GitLab's clock is ahead, or this one behind.`;
  return {
    id: "clock-ahead",
    weight: "notice",
    text: `${reason} AWS takes five minutes at most.`,
    explains: {
      topic: "clock",
      rank: "first",
      cause: {
        id: "clocks-differ",
        reason,
        fix: "Compare both with `date -u`, and correct the time service (NTP) of the wrong one.",
      },
    },
  };
}

function findCustomSubject({ sub, all }: InspectedToken): TokenFinding | undefined {
  const { project_path: path, ref_type: type, ref } = all;
  if (path === undefined || sub === `project_path:${path}:ref_type:${type}:ref:${ref}`) return undefined;
  const reason = "The project changes the form of `sub` (`ci_id_token_sub_claim_components`).";
  return {
    id: "custom-sub",
    weight: "detail",
    text: `${reason} Trust policies must ask for this form.`,
    explains: {
      topic: "trust-policy",
      rank: "first",
      cause: {
        id: "custom-sub",
        reason: `${reason}\nA condition written for project_path:${path}:… does not match.`,
        fix: `Write the condition for ${sub}`,
      },
    },
  };
}

function findMergeRequest({ all }: InspectedToken): TokenFinding | undefined {
  if (all.pipeline_source !== "merge_request_event") return undefined;
  const reason = `Tokens of merge request pipelines say \`ref_type:branch\` and the source branch, here ${String(all.ref)}.`;
  return {
    id: "merge-request",
    weight: "detail",
    text: `${reason} There is no \`ref_type:mr\`.`,
    explains: {
      topic: "trust-policy",
      rank: "first",
      cause: {
        id: "other-ref",
        reason: `The role is restricted to another branch or tag. ${reason}`,
        fix: "Run the job on the branch that the role admits, not in merge request pipelines:\nrules:\n  - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
      },
    },
  };
}

function findTag({ all }: InspectedToken): TokenFinding | undefined {
  if (all.ref_type !== "tag") return undefined;
  const text = `The pipeline runs for the tag ${String(all.ref)}, so \`sub\` says \`ref_type:tag\`.`;
  return {
    id: "tag",
    weight: "detail",
    text,
    explains: {
      topic: "trust-policy",
      rank: "first",
      cause: {
        id: "other-ref",
        reason: `The role is restricted to another branch or tag. ${text}`,
        fix: `Admit tags: "StringLike" with a value that ends in ref_type:tag:ref:${String(all.ref)}, or in a pattern such as ref_type:tag:ref:v*`,
      },
    },
  };
}

function findDefaultAudience({ iss, aud }: InspectedToken): TokenFinding | undefined {
  if (aud !== iss) return undefined;
  return {
    id: "default-audience",
    weight: "evidence",
    text: `The audience is the instance's own URL, ${aud}; the identity provider in AWS must list it.`,
    explains: {
      topic: "identity-provider",
      rank: "last",
      cause: {
        id: "other-audience",
        reason: `The audience is the default, ${aud}, while the provider was made for another, often \`sts.amazonaws.com\`.`,
        fix: "Set the input `audience` to what the provider lists.",
      },
    },
  };
}

function findUnprotectedRef({ all }: InspectedToken): TokenFinding | undefined {
  if (String(all.ref_protected) !== "false") return undefined;
  return {
    id: "unprotected-ref",
    weight: "detail",
    text: `${String(all.ref_type ?? "ref")} ${String(all.ref)} is not protected: every developer of the project can run code on it.`,
  };
}

function findUnprotectedEnvironment({ all }: InspectedToken): TokenFinding | undefined {
  if (String(all.environment_protected) !== "false") return undefined;
  return {
    id: "unprotected-environment",
    weight: "detail",
    text: `The environment ${String(all.environment)} is not protected: every job of the project may name it.`,
  };
}

function findPublicProject({ all }: InspectedToken): TokenFinding | undefined {
  if (all.project_visibility !== "public") return undefined;
  return {
    id: "public-project",
    weight: "detail",
    text: "The project is public: everybody may fork it, open merge requests, and read the logs of its jobs.",
  };
}
