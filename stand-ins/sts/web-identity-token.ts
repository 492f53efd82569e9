import { type KeyObject, verify } from "node:crypto";
import { invalidIdentityToken, ServiceError } from "./errors.ts";
import { NO_TAGS, type SessionTags } from "./sessions.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** A token taken apart; nothing in it is trusted yet. */
export interface WebIdentityToken {
  readonly header: Claims;
  readonly claims: Claims;
  readonly signed: string;
  readonly signature: Buffer;
}

const JWT_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const LEEWAY_SECONDS = 300;

function decodeSegment(segment: string | undefined): Claims {
  const value: unknown = JSON.parse(Buffer.from(segment ?? "", "base64url").toString("utf8"));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not an object");
  return value as Claims;
}

/** @throws ServiceError for what is not a JWT */
export function parseToken(token: string): WebIdentityToken {
  if (!JWT_SHAPE.test(token)) throw invalidIdentityToken("Provided Token is not a Login With Amazon token");
  const [header, claims, signature] = token.split(".");
  try {
    return {
      header: decodeSegment(header),
      claims: decodeSegment(claims),
      signed: `${header}.${claims}`,
      signature: Buffer.from(signature ?? "", "base64url"),
    };
  } catch {
    throw invalidIdentityToken(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
  }
}

const REQUIRED_CLAIMS = ["iss", "sub", "aud", "iat", "exp"];

/** Checks that the claims are there and name one audience. */
export function assertRequiredClaims(claims: Claims): void {
  for (const name of REQUIRED_CLAIMS) {
    if (claims[name] === undefined) throw invalidIdentityToken(`Missing a required claim: ${name}`);
    if (claims[name] === "") throw invalidIdentityToken(`Claim is not allowed to be empty: ${name}`);
  }
  if (typeof claims.sub !== "string" || typeof claims.iss !== "string") {
    throw new ServiceError(500, "InternalFailure", "Unknown error validating third-party token");
  }
  if (Array.isArray(claims.aud) && claims.aud.length > 1 && claims.azp === undefined) {
    throw invalidIdentityToken(
      "Token audience contains more than one audience while authorized party is not present",
    );
  }
}

/** The authorized party where there is one, else the audience. */
export function audienceOf(claims: Claims): string {
  const audience: unknown = claims.azp ?? (Array.isArray(claims.aud) ? claims.aud[0] : claims.aud);
  return String(audience);
}

const ALGORITHM = /^(RS|ES)(256|384|512)$/;

/** Verifies the signature with Node's own cryptography. */
export function assertSignature({ header, signed, signature }: WebIdentityToken, key: KeyObject): void {
  const [, family, bits] = ALGORITHM.exec(String(header.alg)) ?? [];
  const keyType = family === "ES" ? "ec" : "rsa";
  const isValid =
    family !== undefined &&
    key.asymmetricKeyType === keyType &&
    verify(`sha${bits}`, Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }, signature);
  if (!isValid) throw invalidIdentityToken("Token signature invalid");
}

function secondsOf(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (!Number.isInteger(value)) throw invalidIdentityToken("Invalid timestamp in token claims.");
  return value as number;
}

/** Checks `iat`, `nbf` and `exp` with five minutes of leeway. */
export function assertTimes(claims: Claims, now: Date): void {
  const seconds = Math.floor(now.getTime() / 1000);
  const [issuedAt = 0, notBefore = 0, expiry = 0] = ["iat", "nbf", "exp"].map((name) =>
    secondsOf(claims, name),
  );
  if (expiry <= seconds - LEEWAY_SECONDS) {
    throw new ServiceError(
      400,
      "ExpiredTokenException",
      `Token expired: current date/time ${seconds - LEEWAY_SECONDS} must be before the expiration date/time ${expiry}`,
    );
  }
  if (notBefore > seconds + LEEWAY_SECONDS) {
    throw invalidIdentityToken(
      `Token not yet valid: current date/time ${seconds + LEEWAY_SECONDS} must be after or equal to ` +
        `the not-before date/time ${notBefore}`,
    );
  }
  if (issuedAt > seconds + LEEWAY_SECONDS)
    throw invalidIdentityToken(`Token issued in the future: ${issuedAt}`);
}

const TAGS_CLAIM = "https://aws.amazon.com/tags";
const FLAT_TAG_PREFIX = `${TAGS_CLAIM}/principal_tags/`;

function tagsRefused(): ServiceError {
  return invalidIdentityToken("principal_tags passed in claim is not in correct format.");
}

function recordOf(value: unknown): Claims {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw tagsRefused();
  return value as Claims;
}

/** A tag has exactly one value, written as a list of one. */
function tagValueOf(value: unknown): string {
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  const [only] = values;
  if (values.length !== 1 || typeof only !== "string") throw tagsRefused();
  return only;
}

/**
 * Session tags in the token, nested or flattened.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export function sessionTagsOf(claims: Claims): SessionTags {
  const flat = Object.entries(claims)
    .filter(([name]) => name.startsWith(FLAT_TAG_PREFIX))
    .map(([name, value]) => [name.slice(FLAT_TAG_PREFIX.length), value] as const);
  const nested = recordOf(claims[TAGS_CLAIM]);
  const tags = [...Object.entries(recordOf(nested.principal_tags)), ...flat];
  if (tags.length === 0) return NO_TAGS;
  const transitive: unknown = nested.transitive_tag_keys ?? claims[`${TAGS_CLAIM}/transitive_tag_keys`] ?? [];
  if (!Array.isArray(transitive)) throw tagsRefused();
  return {
    tags: new Map(tags.map(([key, value]) => [key, tagValueOf(value)])),
    transitiveKeys: new Set(transitive.map(String)),
  };
}

export function sourceIdentityOf(claims: Claims): string | undefined {
  const value = claims["https://aws.amazon.com/source_identity"];
  return typeof value === "string" ? value : undefined;
}
