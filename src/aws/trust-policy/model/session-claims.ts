/** The claims of an ID token, as its JSON gives them. */
export type Claims = Readonly<Record<string, unknown>>;

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

function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
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
