import { formatIsoSeconds } from "../../iso-seconds.ts";
import { type Claims, claimValues, readSessionTags, readSourceIdentity } from "./claims.ts";
import {
  type ConditionKeyValue,
  type IssuerKey,
  isAwsKey,
  issuerKeys,
  type KeyLookup,
  keyNameFor,
  type UnknownKeyReason,
} from "./condition-keys.ts";
import { buildProviderArn, issuerPrefix, type RoleIdentity } from "./provider.ts";

/** What is known of one `AssumeRoleWithWebIdentity` request. What is left out counts as unknown. */
export interface WebIdentityRequest {
  readonly role: RoleIdentity;
  /** The token's `iss`, exactly. */
  readonly issuer: string;
  readonly claims: Claims;
  readonly sessionName?: string;
  readonly now?: Date;
  readonly region?: string;
  readonly sourceIp?: string;
}

/** A request as a trust policy sees it. */
export interface WebIdentityRequestContext extends WebIdentityRequest {
  /** The issuer's OIDC provider in the role's account: provider and role must share it. */
  readonly providerArn: string;
}

/** Completes a request with the provider that STS would look up for it. */
export function buildRequestContext(request: WebIdentityRequest): WebIdentityRequestContext {
  return { ...request, providerArn: buildProviderArn(request.role, request.issuer) };
}

type AwsKeySource = (context: WebIdentityRequestContext) => ConditionKeyValue;

const ABSENT: ConditionKeyValue = { kind: "absent", reason: "key-absent" };
const NEVER_PRESENT: ConditionKeyValue = { kind: "absent", reason: "key-never-present" };
const NOT_VISIBLE: ConditionKeyValue = {
  kind: "unknown",
  reason: "key-not-visible-offline",
  presence: "unknown",
};

const present = (values: readonly string[]): ConditionKeyValue => ({
  kind: "present",
  values,
  privacy: "plain",
});

const presentIfAny = (values: readonly string[]): ConditionKeyValue =>
  values.length === 0 ? ABSENT : present(values);

/** A key of every request: only its value may be unknown. */
function always(value: string | undefined, reason: UnknownKeyReason): ConditionKeyValue {
  return value === undefined ? { kind: "unknown", reason, presence: "always" } : present([value]);
}

const visible = (value: string | undefined): ConditionKeyValue =>
  value === undefined ? NOT_VISIBLE : present([value]);

const epochSeconds = (now: Date | undefined) =>
  now === undefined ? undefined : String(Math.floor(now.getTime() / 1000));

/**
 * Keys of AWS itself that are known, or known to be missing, in this call; names in lower case.
 * IAM User Guide, "AWS global condition context keys" and "IAM and AWS STS condition context keys".
 */
const AWS_KEYS: ReadonlyMap<string, AwsKeySource> = new Map<string, AwsKeySource>([
  ["sts:rolesessionname", (context) => always(context.sessionName, "session-name-not-given")],
  ["sts:sourceidentity", (context) => presentIfAny(claimValues(readSourceIdentity(context.claims)))],
  ["sts:transitivetagkeys", (context) => presentIfAny(readSessionTags(context.claims).transitiveKeys)],
  ["aws:tagkeys", (context) => presentIfAny([...readSessionTags(context.claims).tags.keys()])],
  ["aws:federatedprovider", (context) => present([context.providerArn])],
  ["aws:principalaccount", (context) => present([context.role.accountId])],
  ["aws:principalarn", () => NEVER_PRESENT],
  ["aws:securetransport", () => present(["true"])],
  ["aws:currenttime", (context) => always(context.now && formatIsoSeconds(context.now), "time-not-given")],
  ["aws:epochtime", (context) => always(epochSeconds(context.now), "time-not-given")],
  ["aws:requestedregion", (context) => visible(context.region)],
  ["aws:sourceip", (context) => visible(context.sourceIp)],
]);

const REQUEST_TAG_PREFIX = "aws:requesttag/";

function lookUpRequestTag(tagKey: string, claims: Claims): ConditionKeyValue {
  const { tags } = readSessionTags(claims);
  return presentIfAny([...tags].filter(([key]) => key.toLowerCase() === tagKey).map(([, value]) => value));
}

function lookUpAwsKey(key: string, context: WebIdentityRequestContext): ConditionKeyValue {
  if (key.startsWith(REQUEST_TAG_PREFIX)) {
    return lookUpRequestTag(key.slice(REQUEST_TAG_PREFIX.length), context.claims);
  }
  return AWS_KEYS.get(key)?.(context) ?? NOT_VISIBLE;
}

/** Several values in a single-valued key, and `oaud` without `azp`, are documented nowhere. */
function isUndocumented(key: IssuerKey, values: readonly string[], claims: Claims): boolean {
  if (key.name === "oaud" && claimValues(claims.azp).length === 0) return true;
  return key.values === "single" && values.length > 1;
}

function lookUpClaim(key: IssuerKey, claims: Claims): ConditionKeyValue {
  const values = key.claims.map((claim) => claimValues(claims[claim])).find((found) => found.length > 0);
  if (values === undefined) return ABSENT;
  if (isUndocumented(key, values, claims)) {
    return { kind: "unknown", reason: "behaviour-undocumented", presence: "unknown" };
  }
  return { kind: "present", values, privacy: key.privacy };
}

/** Creates the lookup of condition keys for one request: present, absent with its reason, or unknown. */
export function createKeyLookup(context: WebIdentityRequestContext): KeyLookup {
  const prefix = issuerPrefix(context.issuer);
  const keys = new Map(issuerKeys(prefix).map((key) => [key.name, key]));
  return (key) => {
    const name = keyNameFor(key, prefix);
    if (name !== undefined) {
      const known = keys.get(name);
      return known === undefined
        ? { kind: "absent", reason: "key-not-available-for-issuer" }
        : lookUpClaim(known, context.claims);
    }
    return isAwsKey(key)
      ? lookUpAwsKey(key.toLowerCase(), context)
      : { kind: "absent", reason: "key-of-other-issuer" };
  };
}
