import { issuerPrefix } from "./provider.ts";
import { type Claims, claimValues, type WebIdentityRequest } from "./request.ts";

/** Why a request has no value for a condition key. */
export type AbsenceReason =
  /** STS would offer the key, but the ID token does not have the claim. */
  | "key-absent"
  /** The claim may be in the token, but STS offers no condition key for it with this issuer. */
  | "key-not-available-for-issuer"
  /** The key names another issuer, or none. */
  | "key-of-other-issuer"
  /** This call never has the key. */
  | "key-never-present";

/** Why the value of a condition key cannot be known without asking AWS. */
export type UnknownKeyReason =
  /** Network, Region and organization keys: only STS sees them. */
  | "key-not-visible-offline"
  /** The token has the claim, but its value was not given. */
  | "claim-not-given"
  | "time-not-given"
  | "session-name-not-given"
  /** AWS does not document what happens here. */
  | "behaviour-undocumented";

/** What the request holds for one condition key. */
export type ConditionKeyValue =
  | { readonly kind: "present"; readonly values: readonly string[] }
  | { readonly kind: "absent"; readonly reason: AbsenceReason }
  | {
      readonly kind: "unknown";
      readonly reason: UnknownKeyReason;
      /** Some keys are in every request, whatever their value. */
      readonly presence: "always" | "unknown";
    };

/** Finds a condition key's value; names are case-insensitive. */
export type KeyLookup = (key: string) => ConditionKeyValue;

/** One condition key that STS derives from a claim. */
export interface IssuerKey {
  readonly name: string;
  /** The claims to read; the first one wins. */
  readonly claims: readonly string[];
  readonly values: "single" | "multiple";
}

/**
 * The keys of every OIDC provider, as of November 2026. IAM User Guide, "IAM and AWS STS condition context keys",
 * "Available keys for AWS OIDC federation".
 */
export const DEFAULT_KEYS: readonly IssuerKey[] = [
  { name: "aud", claims: ["azp", "aud"], values: "single" },
  { name: "oaud", claims: ["aud"], values: "single" },
  { name: "sub", claims: ["sub"], values: "single" },
  { name: "amr", claims: ["amr"], values: "multiple" },
  { name: "email", claims: ["email"], values: "single" },
];

/**
 * The further keys for `https://gitlab.com`, and for no other GitLab instance, as of November 2026. Same page, and
 * docs.gitlab.com/ci/cloud_services/aws.
 */
export const GITLAB_COM_KEYS: readonly IssuerKey[] = [
  { name: "namespace_id", claims: ["namespace_id"], values: "single" },
  { name: "pipeline_source", claims: ["pipeline_source"], values: "single" },
  { name: "project_id", claims: ["project_id"], values: "single" },
  { name: "ref_protected", claims: ["ref_protected"], values: "single" },
  { name: "runner_environment", claims: ["runner_environment"], values: "single" },
  { name: "user_access_level", claims: ["user_access_level"], values: "single" },
  { name: "user_email", claims: ["user_email"], values: "single" },
  { name: "user_id", claims: ["user_id"], values: "single" },
  { name: "user_login", claims: ["user_login"], values: "single" },
];

/** The issuer prefix that has {@link GITLAB_COM_KEYS}. */
export const GITLAB_COM = "gitlab.com";

/** The condition keys that STS derives from the claims of one issuer. */
export function issuerKeys(issuerPrefix: string): readonly IssuerKey[] {
  return issuerPrefix === GITLAB_COM ? [...DEFAULT_KEYS, ...GITLAB_COM_KEYS] : DEFAULT_KEYS;
}

/** Tells whether a key belongs to AWS itself and not to an identity provider. */
export function isAwsKey(key: string): boolean {
  return /^(aws|sts):/i.test(key);
}

/** The part of a key after the issuer's prefix, or `undefined` for a key of anyone else. */
export function keyNameFor(key: string, issuerPrefix: string): string | undefined {
  const prefix = `${issuerPrefix}:`.toLowerCase();
  const lowerKey = key.toLowerCase();
  return lowerKey.startsWith(prefix) ? lowerKey.slice(prefix.length) : undefined;
}

/** Looks up a condition key that STS derives from a claim, by its name after the issuer's prefix: `sub`. */
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
  return { kind: "present", values };
}

/** Several values in a single-valued key, and `oaud` without `azp`, are not documented. */
function isUndocumented(key: IssuerKey, values: readonly string[], claims: Claims): boolean {
  if (key.name === "oaud" && claimValues(claims.azp).length === 0) return true;
  return key.values === "single" && values.length > 1;
}
