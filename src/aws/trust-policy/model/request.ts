import { scalarText } from "../../../foundation/json.ts";
import { buildProviderArn, type RoleIdentity } from "./provider.ts";

/** The claims of an ID token, as its JSON gives them. */
export type Claims = Readonly<Record<string, unknown>>;

/** What is known about one `AssumeRoleWithWebIdentity` request. Anything left out is unknown. */
export interface WebIdentityRequest {
  readonly role: RoleIdentity;
  /** The token's `iss`, exactly. */
  readonly issuer: string;
  readonly claims: Claims;
  /** Whether the token may have claims that are not among these; `absent` unless given. */
  readonly otherClaims?: "absent" | "unknown";
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

/** STS reads session tags from here. IAM User Guide, "Pass session tags in AWS STS". */
const TAGS_CLAIM = "https://aws.amazon.com/tags";
const SOURCE_IDENTITY_CLAIM = "https://aws.amazon.com/source_identity";
const FLAT_TAG_PREFIX = `${TAGS_CLAIM}/principal_tags/`;
const FLAT_TRANSITIVE_KEYS = `${TAGS_CLAIM}/transitive_tag_keys`;

/** The session tags that a token asks for. */
export interface SessionTags {
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveKeys: readonly string[];
}

function asRecord(value: unknown): Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Claims) : {};
}

/** A claim as STS sees it: every scalar as text, a list as its elements; empty when there is nothing to compare. */
export function claimValues(claim: unknown): readonly string[] {
  const elements: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return elements.map(scalarText).filter((text) => text !== undefined);
}

/** Reads the nested or the flattened form of the tags claim. */
export function readSessionTags(claims: Claims): SessionTags {
  const nested = asRecord(claims[TAGS_CLAIM]);
  const flat = Object.entries(claims)
    .filter(([name]) => name.startsWith(FLAT_TAG_PREFIX))
    .map(([name, value]) => [name.slice(FLAT_TAG_PREFIX.length), value] as const);
  const tags = [...Object.entries(asRecord(nested.principal_tags)), ...flat].flatMap(([key, value]) =>
    claimValues(value).map((text) => [key, text] as const),
  );
  const transitiveKeys = claimValues(nested.transitive_tag_keys ?? claims[FLAT_TRANSITIVE_KEYS]);
  return { tags: new Map(tags), transitiveKeys };
}

/** Reads the source identity that a token asks for. */
export function readSourceIdentity(claims: Claims): string | undefined {
  return claimValues(claims[SOURCE_IDENTITY_CLAIM])[0];
}

/** The actions that a trust policy must allow for one exchange. */
export type StsAction = "sts:AssumeRoleWithWebIdentity" | "sts:TagSession" | "sts:SetSourceIdentity";

/** The action that every exchange of an ID token needs. */
export const ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity" satisfies StsAction;

/**
 * The actions that the exchange of one token needs. A token with session tags or a source identity needs permission for
 * these too. IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".
 */
export function requiredActions(claims: Claims): readonly StsAction[] {
  const { tags, transitiveKeys } = readSessionTags(claims);
  const carriesTags = tags.size > 0 || transitiveKeys.length > 0;
  return [
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    ...(carriesTags ? (["sts:TagSession"] as const) : []),
    ...(readSourceIdentity(claims) === undefined ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
}
