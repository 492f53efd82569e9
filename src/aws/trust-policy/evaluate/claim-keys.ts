import { type ConditionKeyValue, type IssuerKey, issuerKeys } from "../model/condition-keys.ts";
import { issuerPrefix } from "../model/provider.ts";
import type { WebIdentityRequest } from "../model/request.ts";
import { type Claims, claimValues } from "../model/session-claims.ts";

/** Looks up a condition key that STS makes of a claim, by its name behind the issuer's prefix: `sub`. */
export function lookUpClaimKey(
  name: string,
  { issuer, claims }: Pick<WebIdentityRequest, "issuer" | "claims">,
): ConditionKeyValue {
  const known = issuerKeys(issuerPrefix(issuer)).find((key) => key.name === name);
  return known === undefined
    ? { kind: "absent", reason: "key-not-available-for-issuer" }
    : lookUpClaim(known, claims);
}

function lookUpClaim(key: IssuerKey, claims: Claims): ConditionKeyValue {
  const values = key.claims.map((claim) => claimValues(claims[claim])).find((found) => found.length > 0);
  if (values === undefined) return { kind: "absent", reason: "key-absent" };
  if (isUndocumented(key, values, claims)) {
    return { kind: "unknown", reason: "behaviour-undocumented", presence: "unknown" };
  }
  return { kind: "present", values, privacy: key.privacy };
}

/** Several values in a single-valued key, and `oaud` without `azp`, are documented nowhere. */
function isUndocumented(key: IssuerKey, values: readonly string[], claims: Claims): boolean {
  if (key.name === "oaud" && claimValues(claims.azp).length === 0) return true;
  return key.values === "single" && values.length > 1;
}
