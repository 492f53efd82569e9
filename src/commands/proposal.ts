import type { RoleArn } from "../aws/arn.ts";
import { renderStatement } from "../aws/trust-policy/model/render.ts";
import { buildRequestContext, type WebIdentityRequest } from "../aws/trust-policy/model/request.ts";
import { proposeStatement } from "../aws/trust-policy/propose.ts";
import type { TrustReview } from "../aws/trust-policy/review.ts";
import type { InspectedToken, TokenFinding, TokenFindingId } from "../gitlab/notices.ts";

/** Why a job's own statement may admit more than its reader expects. */
export const CAUTIONS: readonly TokenFindingId[] = ["unprotected-ref", "public-project"];

/** Jobs that run strangers' code: no role should admit them. */
export const FORKS: readonly TokenFindingId[] = ["fork", "fork-unnoticed"];

/** The request to STS, as a trust policy sees it. */
export function buildWebIdentityRequest(
  token: Pick<InspectedToken, "iss" | "all">,
  role: Pick<RoleArn, "text" | "partition" | "accountId">,
): WebIdentityRequest {
  const { partition, accountId } = role;
  return { role: { arn: role.text, partition, accountId }, issuer: token.iss, claims: token.all };
}

/** The statement that admits exactly one job. */
export interface Proposal {
  /** As JSON. */
  readonly statement: string;
  /** The same, ready to paste, below what the reader should know about it. */
  readonly text: string;
}

/**
 * Proposes a statement; `undefined` for a fork, and for a token that AWS refuses before it reads any policy.
 *
 * @param trust what is known about the role's policy, which may keep the job out on purpose
 */
export function buildProposal(
  request: WebIdentityRequest,
  findings: readonly TokenFinding[],
  trust?: Pick<TrustReview, "offered">,
): Proposal | undefined {
  if (findings.some(({ id }) => FORKS.includes(id))) return undefined;
  const proposed = trust === undefined ? proposeStatement(buildRequestContext(request)) : trust.offered;
  if (proposed === undefined) return undefined;
  const statement = renderStatement(proposed);
  const cautions = findings.filter(({ id }) => CAUTIONS.includes(id)).map(({ text }) => `! ${text}\n`);
  const heading = "This statement in the role's trust policy admits exactly this job:";
  return { statement, text: `${heading}\n${cautions.join("")}${statement}` };
}
