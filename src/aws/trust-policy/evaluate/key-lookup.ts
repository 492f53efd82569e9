import { formatIsoSeconds } from "../../../foundation/times.ts";
import {
  type ConditionKeyValue,
  GITLAB_COM_KEYS,
  isAwsKey,
  type KeyLookup,
  keyNameFor,
  lookUpClaimKey,
  type UnknownKeyReason,
} from "../model/condition-keys.ts";
import { issuerPrefix } from "../model/provider.ts";
import {
  type Claims,
  claimValues,
  readSessionTags,
  readSourceIdentity,
  type WebIdentityRequestContext,
} from "../model/request.ts";

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

const NOT_GIVEN: ConditionKeyValue = { kind: "unknown", reason: "claim-not-given", presence: "always" };

/** GitLab puts all of its own claims into every token, and never `amr` or `email`. */
function lookUpIssuerKey(name: string, context: WebIdentityRequestContext): ConditionKeyValue {
  const found = lookUpClaimKey(name, context);
  const isUntold =
    context.otherClaims === "unknown" &&
    found.kind === "absent" &&
    found.reason === "key-absent" &&
    GITLAB_COM_KEYS.some((key) => key.name === name);
  return isUntold ? NOT_GIVEN : found;
}

/** Creates the lookup of condition keys for one request: present, absent with its reason, or unknown. */
export function createKeyLookup(context: WebIdentityRequestContext): KeyLookup {
  const prefix = issuerPrefix(context.issuer);
  return (key) => {
    const name = keyNameFor(key, prefix);
    if (name !== undefined) return lookUpIssuerKey(name, context);
    return isAwsKey(key)
      ? lookUpAwsKey(key.toLowerCase(), context)
      : { kind: "absent", reason: "key-of-other-issuer" };
  };
}
