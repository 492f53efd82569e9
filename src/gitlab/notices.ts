import type { NamedCause } from "../foundation/cause.ts";
import { showValue } from "../foundation/quote.ts";
import type { GitLabJob } from "./job.ts";

/** The source of a finding. */
export interface InspectedToken {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly issuedAt: Date | undefined;
  readonly all: Readonly<Record<string, unknown>>;
}

export type TokenFindingId =
  | "issuer-differs"
  | "fork"
  | "fork-unnoticed"
  | "clock-ahead"
  | "custom-sub"
  | "merge-request"
  | "tag"
  | "other-branch"
  | "default-audience"
  | "unprotected-ref"
  | "unprotected-environment"
  | "public-project";

/** Something that the token itself shows. */
export interface TokenFinding {
  readonly id: TokenFindingId;
  /**
   * `notice`: shown before AWS is asked. `detail`: shown by the doctor. `evidence`: shown only after a related refusal,
   * as the others are too.
   */
  readonly weight: "notice" | "detail" | "evidence";
  /** A sentence without anything personal. */
  readonly text: string;
  /** What it may have caused, and the kind of refusal. */
  readonly explains?: {
    readonly topic: "trust-policy" | "identity-provider" | "clock";
    readonly cause: NamedCause;
    /** Whether that is more or less likely than other causes. */
    readonly rank: "first" | "last";
  };
}

/** Looks for one thing in a token. */
export type TokenRule = (token: InspectedToken, job: GitLabJob, now: Date) => TokenFinding | undefined;

/** The token with every claim as text that can be shown, since findings quote claims. */
export function withTextClaims(token: InspectedToken): InspectedToken {
  const claims = Object.entries(token.all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, showValue(value)]);
  return {
    ...token,
    iss: showValue(token.iss),
    aud: showValue(token.aud),
    sub: showValue(token.sub),
    all: Object.fromEntries(claims),
  };
}

/** Any two machines' clocks may differ by less than this. */
const CLOCK_TOLERANCE_MS = 60_000;

const RULES: readonly TokenRule[] = [findOtherIssuer, findFork, findUnnoticedFork, findClockAhead];

/** Finds what is worth knowing about an ID token before AWS is asked; every job checks it. */
export function findNotices(token: InspectedToken, job: GitLabJob, now: Date): readonly TokenFinding[] {
  const shown = withTextClaims(token);
  return RULES.map((rule) => rule(shown, job, now)).filter((finding) => finding !== undefined);
}

function findOtherIssuer({ iss }: InspectedToken, { serverUrl }: GitLabJob): TokenFinding | undefined {
  if (serverUrl === undefined || iss === serverUrl) return undefined;
  const reason = `The token's issuer is ${iss}, but this instance is ${serverUrl}.`;
  return {
    id: "issuer-differs",
    weight: "notice",
    text:
      `${reason} That is right only if the instance sets \`ci_id_tokens_issuer_url\`; ` +
      "the identity provider in AWS must have the issuer's URL.",
    explains: {
      topic: "identity-provider",
      rank: "first",
      cause: { id: "issuer-differs", reason, fix: `Create the identity provider in AWS for ${iss}.` },
    },
  };
}

/**
 * Since a security fix of 2025 the token of a fork's merge request names the fork, even if the job runs in the parent.
 *
 * @see https://gitlab.com/gitlab-org/gitlab/-/issues/561735
 */
function findFork({ all }: InspectedToken, job: GitLabJob): TokenFinding | undefined {
  const { project_id: projectId, job_project_id: jobProjectId = job.projectId } = all;
  if (projectId === undefined || jobProjectId === undefined || projectId === jobProjectId) return undefined;
  const fork = String(all.project_path ?? projectId);
  const parent = String(all.job_project_path ?? job.projectPath ?? jobProjectId);
  const reason = `This pipeline is for a merge request from a fork: its token names the fork ${fork}, not ${parent}.`;
  return {
    id: "fork",
    weight: "notice",
    text: `${reason} Trust policies for ${parent} do not admit it, and should not.`,
    explains: {
      topic: "trust-policy",
      rank: "first",
      cause: {
        id: "fork",
        reason: `${reason}\nThat protects the role from strangers' code (GitLab 18.2.2 and later).`,
        fix: `Run the job on branches of ${parent}, after the merge; do not admit the fork.`,
      },
    },
  };
}

/** Before that fix a fork got the `sub` of the parent's branch with the same name. */
function findUnnoticedFork({ all }: InspectedToken, job: GitLabJob): TokenFinding | undefined {
  const { mergeRequestSourceProjectId: source, projectId } = job;
  if (source === undefined || source === projectId || all.project_id !== projectId) return undefined;
  return {
    id: "fork-unnoticed",
    weight: "notice",
    text:
      `This pipeline is for a merge request from a fork (project ${source}), but its token names ${String(all.project_path ?? projectId)}: ` +
      "anyone who may open a merge request gets this project's tokens. Update GitLab to 18.2.2 or later. Until then, run no pipelines for forks.",
  };
}

function findClockAhead({ issuedAt }: InspectedToken, _: GitLabJob, now: Date): TokenFinding | undefined {
  const aheadMs = issuedAt === undefined ? 0 : issuedAt.getTime() - now.getTime();
  if (aheadMs <= CLOCK_TOLERANCE_MS) return undefined;
  const reason = `By this machine's clock the token was issued ${Math.round(aheadMs / 60_000)} min in the future: GitLab's clock is ahead, or this one behind.`;
  return {
    id: "clock-ahead",
    weight: "notice",
    text: `${reason} AWS allows five minutes at most.`,
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
