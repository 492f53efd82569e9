import type { NamedCause } from "../../foundation/cause.ts";
import { isJsonObject, parseJsonObject } from "../../foundation/json.ts";
import type { TrustDecision } from "./evaluate/decision.ts";
import { evaluateTrustPolicy } from "./evaluate/evaluate.ts";
import { explainDecision } from "./explain/causes.ts";
import type { LintFinding } from "./lint/finding.ts";
import { buildLintOptions, findUnjudged, lintTrustPolicy } from "./lint/lint.ts";
import type { UnjudgedStatement } from "./lint/other-principals.ts";
import { parseTrustPolicy } from "./model/parse.ts";
import { principalIds, type Statement, type TrustPolicy } from "./model/policy.ts";
import type { PolicyProblem } from "./model/problem.ts";
import { issuerPrefix, parseProviderArn, type RoleIdentity } from "./model/provider.ts";
import { buildRequestContext, type WebIdentityRequest } from "./model/request.ts";
import { offerStatement } from "./offer.ts";

/** What can be said about a trust policy and one job. */
export interface TrustReview {
  readonly decision: "allow" | "deny" | "unknown";
  /** How it was reached; absent if the text is not a trust policy, or without a job to decide on. */
  readonly trust: TrustDecision | undefined;
  /** Why it is not `allow`, the most telling first. */
  readonly causes: readonly NamedCause[];
  /** The narrowest statement that admits the job and keeps the policy's pins; absent if adding it would be wrong. */
  readonly offered: Statement | undefined;
  /** Known mistakes in the policy, for any job. */
  readonly findings: readonly LintFinding[];
  /** Statements that let in others than GitLab's jobs, which are not judged here. */
  readonly unjudged: readonly UnjudgedStatement[];
  /** Why the text is not a trust policy. */
  readonly problems: readonly PolicyProblem[];
}

export interface ReviewedRequest extends WebIdentityRequest {
  /** Whether a claim that is not listed is known to be absent from the token. */
  readonly otherClaims: "absent" | "unknown";
}

/** Decides on a request and looks for known mistakes; without a request, only the latter. */
export function reviewTrustPolicy(text: string, request: ReviewedRequest | undefined): TrustReview {
  const parsed = parseTrustPolicy(text);
  if (parsed.kind === "problems") {
    return { ...NOTHING_KNOWN, problems: parsed.problems };
  }
  const { policy } = parsed;
  if (request === undefined) {
    const findings = lintTrustPolicy(policy);
    return { ...NOTHING_KNOWN, findings, unjudged: findUnjudged(policy, findings) };
  }
  const context = buildRequestContext(request);
  const trust = evaluateTrustPolicy(policy, context);
  const findings = lintTrustPolicy(policy, buildLintOptions(context));
  return {
    decision: DECISIONS[trust.outcome],
    trust,
    causes: explainDecision(trust, context),
    offered: offerStatement(policy, trust, context),
    findings,
    unjudged: findUnjudged(policy, findings),
    problems: [],
  };
}

const NOTHING_KNOWN: TrustReview = {
  decision: "unknown",
  trust: undefined,
  causes: [],
  offered: undefined,
  findings: [],
  unjudged: [],
  problems: [],
};

const DECISIONS: Readonly<Record<TrustDecision["outcome"], TrustReview["decision"]>> = {
  allowed: "allow",
  "explicitly-denied": "deny",
  "implicitly-denied": "deny",
  undetermined: "unknown",
};

/**
 * The role that a policy belongs to, as far as its text says: from the response of `aws iam get-role`, or else from the
 * account of the identity provider that it trusts for this issuer, which must be the role's own.
 */
export function findRoleOfPolicy(text: string, issuer: string): RoleIdentity | undefined {
  const arn = roleOfAnswer(text);
  const [, partition, , , accountId] = arn?.split(":") ?? [];
  if (arn !== undefined && partition !== undefined && accountId !== undefined) {
    return { arn, partition, accountId };
  }
  const parsed = parseTrustPolicy(text);
  return parsed.kind === "policy" ? roleBesideProvider(parsed.policy, issuer) : undefined;
}

function roleOfAnswer(text: string): string | undefined {
  const role = parseJsonObject(text)?.Role;
  return isJsonObject(role) && typeof role.Arn === "string" ? role.Arn : undefined;
}

function roleBesideProvider({ statements }: TrustPolicy, issuer: string): RoleIdentity | undefined {
  const providers = statements
    .flatMap(({ principal }) => principalIds(principal, "Federated"))
    .map(parseProviderArn)
    .filter((provider) => provider !== undefined);
  const provider = providers.find(({ url }) => url === issuerPrefix(issuer)) ?? providers[0];
  if (provider === undefined) return undefined;
  const { partition, accountId } = provider;
  return { arn: `arn:${partition}:iam::${accountId}:role/<role>`, partition, accountId };
}
