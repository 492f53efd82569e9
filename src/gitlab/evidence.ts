import { showValue } from "../foundation/quote.ts";
import type { GitLabJob } from "./job.ts";
import {
  findNotices,
  type InspectedToken,
  type TokenFinding,
  type TokenRule,
  withTextClaims,
} from "./notices.ts";

/** In the order in which they explain a refusal. */
const RULES: readonly TokenRule[] = [
  findCustomSubject,
  findMergeRequest,
  findTag,
  findOtherBranch,
  findDefaultAudience,
  findUnprotectedRef,
  findUnprotectedEnvironment,
  findPublicProject,
];

/**
 * What an ID token alone shows, without any policy: first for every job, then what matters only after a refusal or for
 * the doctor.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
 */
export function findInToken(token: InspectedToken, job: GitLabJob, now: Date): readonly TokenFinding[] {
  const shown = withTextClaims(token);
  const others = RULES.map((rule) => rule(shown, job, now)).filter((finding) => finding !== undefined);
  return [...findNotices(token, job, now), ...others];
}

/** A line for each finding worth knowing before anything fails. */
export function listFindings(findings: readonly TokenFinding[]): readonly string[] {
  return findings.filter(({ weight }) => weight !== "evidence").map(({ text }) => `! ${text}`);
}

function findCustomSubject({ sub, all }: InspectedToken): TokenFinding | undefined {
  const { project_path: path, ref_type: type, ref } = all;
  if (path === undefined || sub === `project_path:${path}:ref_type:${type}:ref:${ref}`) return undefined;
  const reason = "The project has changed the form of `sub` (`ci_id_token_sub_claim_components`).";
  return {
    id: "custom-sub",
    weight: "detail",
    text: `${reason} Trust policies must use this form.`,
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

const ON_DEFAULT_BRANCH = "rules:\n  - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH";

function otherRef(seen: string, fix: string): NonNullable<TokenFinding["explains"]> {
  const reason = `The role is restricted to another branch or tag. ${seen}`;
  return { topic: "trust-policy", rank: "first", cause: { id: "other-ref", reason, fix } };
}

function findMergeRequest({ all }: InspectedToken): TokenFinding | undefined {
  if (all.pipeline_source !== "merge_request_event") return undefined;
  const reason = `Tokens of merge request pipelines say \`ref_type:branch\` and the source branch, here ${String(all.ref)}.`;
  return {
    id: "merge-request",
    weight: "detail",
    text: `${reason} There is no \`ref_type:mr\`.`,
    explains: otherRef(
      reason,
      `Run the job on the branch that the role admits, not in merge request pipelines:\n${ON_DEFAULT_BRANCH}`,
    ),
  };
}

function findTag({ all }: InspectedToken): TokenFinding | undefined {
  if (all.ref_type !== "tag") return undefined;
  const text = `The pipeline runs for the tag ${String(all.ref)}, so \`sub\` says \`ref_type:tag\`.`;
  return {
    id: "tag",
    weight: "detail",
    text,
    explains: otherRef(
      text,
      `Admit tags: "StringLike" with a value that ends in ref_type:tag:ref:${String(all.ref)}, or in a pattern such as ref_type:tag:ref:v*`,
    ),
  };
}

/** Most roles admit the default branch, or protected ones, so a job elsewhere is likely to be refused for that. */
function findOtherBranch({ all }: InspectedToken, { defaultBranch }: GitLabJob): TokenFinding | undefined {
  const { ref, ref_type: type, pipeline_source: source } = all;
  const isOther = defaultBranch !== undefined && ref !== defaultBranch;
  const isUnprotected = String(all.ref_protected) === "false";
  if (type !== "branch" || source === "merge_request_event" || !(isOther || isUnprotected)) return undefined;
  const traits = [
    ...(isUnprotected ? ["is not protected"] : []),
    ...(isOther ? [`is not the default branch, ${showValue(defaultBranch)}`] : []),
  ];
  const text = `The pipeline runs for the branch ${String(ref)}, which ${traits.join(" and ")}.`;
  return {
    id: "other-branch",
    weight: "evidence",
    text,
    explains: otherRef(text, `Run the job only where the role expects it:\n${ON_DEFAULT_BRANCH}`),
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
        reason: `The audience is the default, ${aud}, but the provider was created for another, often \`sts.amazonaws.com\`.`,
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
    text: `The environment ${String(all.environment)} is not protected: every job of the project can use it.`,
  };
}

function findPublicProject({ all }: InspectedToken): TokenFinding | undefined {
  if (all.project_visibility !== "public") return undefined;
  return {
    id: "public-project",
    weight: "detail",
    text: "The project is public: anyone can fork it, open merge requests and read its job logs.",
  };
}
