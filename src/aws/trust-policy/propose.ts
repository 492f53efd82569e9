import { GITLAB_COM, lookUpClaimKey } from "./model/condition-keys.ts";
import type { ConditionTest, Statement, TrustPolicy } from "./model/policy.ts";
import { issuerPrefix } from "./model/provider.ts";
import { requiredActions, type WebIdentityRequestContext } from "./model/request.ts";
import { escapePolicyVariables } from "./model/variables.ts";

/** Paths can be reused after a project is deleted; these ids cannot. docs.gitlab.com/ci/cloud_services/aws. */
const LASTING_IDENTIFIERS = ["project_id", "namespace_id"] as const;

function equalTo(context: WebIdentityRequestContext, name: string): ConditionTest | undefined {
  const found = lookUpClaimKey(name, context);
  if (found.kind !== "present") return undefined;
  const key = `${issuerPrefix(context.issuer)}:${name}`;
  return { operator: "StringEquals", key, values: found.values.map(escapePolicyVariables) };
}

/**
 * Proposes the narrowest statement that admits exactly this job.
 *
 * It requires the token's own `aud` and `sub`, and on gitlab.com the project's and namespace's ids. It belongs in a
 * policy of version 2012-10-17.
 *
 * @returns `undefined` for a token that STS refuses before it reads any policy: no `sub`, or no single audience.
 */
export function proposeStatement(context: WebIdentityRequestContext): Statement | undefined {
  const audience = equalTo(context, "aud");
  const subject = equalTo(context, "sub");
  if (audience === undefined || subject === undefined) return undefined;
  const lasting = issuerPrefix(context.issuer) === GITLAB_COM ? LASTING_IDENTIFIERS : [];
  return {
    effect: "Allow",
    principal: { kind: "listed", entries: [{ type: "Federated", ids: [context.providerArn] }] },
    action: { element: "Action", patterns: requiredActions(context.claims) },
    conditions: [
      audience,
      subject,
      ...lasting.map((name) => equalTo(context, name)).filter((test) => test !== undefined),
    ],
  };
}

/** Wraps statements in a policy of the version that has policy variables. */
export function buildTrustPolicy(statements: readonly Statement[]): TrustPolicy {
  return { version: "2012-10-17", statements };
}
