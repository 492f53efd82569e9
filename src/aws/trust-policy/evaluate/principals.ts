import { memberPlace } from "../../../foundation/json-places.ts";
import { isEveryone, type Principal, principalIds, type Statement } from "../model/policy.ts";
import { issuerPrefix, looseProviderUrl, type ProviderArn, parseProviderArn } from "../model/provider.ts";
import type { WebIdentityRequestContext } from "../model/request.ts";
import type { PrincipalMissReason, PrincipalResult } from "./decision.ts";

type Likeness = readonly [PrincipalMissReason, (wanted: ProviderArn, actual: ProviderArn) => boolean];

/** How a listed provider can resemble the right one, the closest first. */
const LIKENESSES: readonly Likeness[] = [
  [
    "principal-in-other-account",
    (wanted, actual) => wanted.url === actual.url && wanted.accountId !== actual.accountId,
  ],
  ["principal-in-other-partition", (wanted, actual) => wanted.url === actual.url],
  ["principal-case-differs", (wanted, actual) => wanted.url.toLowerCase() === actual.url.toLowerCase()],
  [
    "principal-url-differs",
    (wanted, actual) => looseProviderUrl(wanted.url) === looseProviderUrl(actual.url),
  ],
];

function explainMiss(federated: readonly string[], actual: ProviderArn): PrincipalMissReason {
  if (federated.length === 0) return "principal-not-federated";
  const providers = federated.map(parseProviderArn).filter((provider) => provider !== undefined);
  const likeness = LIKENESSES.find(([, resembles]) => providers.some((wanted) => resembles(wanted, actual)));
  return likeness?.[0] ?? "principal-is-other-provider";
}

function listIds(principal: Principal): readonly string[] {
  return principal.kind === "everyone" ? ["*"] : principal.entries.flatMap((entry) => entry.ids);
}

/**
 * Matches the principal of a statement against the provider that vouches for the token: exactly, or not at all.
 *
 * A `Deny` for everyone covers web identities: resource control policies, whose principal is always `"*"`, deny
 * `sts:AssumeRoleWithWebIdentity` with it. Whether an `Allow` for everyone does is not documented.
 */
export function evaluatePrincipal(
  { effect, principal }: Pick<Statement, "effect" | "principal">,
  { providerArn, role, issuer }: WebIdentityRequestContext,
  statement: string,
): PrincipalResult {
  const place = memberPlace(statement, "Principal");
  const result = { place, wanted: listIds(principal), actual: providerArn };
  const federated = principalIds(principal, "Federated");
  if (federated.includes(providerArn)) return { ...result, match: "yes" };
  if (effect === "Deny" && isEveryone(principal)) return { ...result, match: "yes" };
  if (isEveryone(principal) || federated.includes("*")) {
    return { ...result, match: "unknown", reason: "principal-is-everyone" };
  }
  return { ...result, match: "no", reason: explainMiss(federated, { ...role, url: issuerPrefix(issuer) }) };
}
