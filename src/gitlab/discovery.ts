import { isJsonObject, parseJsonObject } from "../json.ts";
import { isUrl } from "../url.ts";

/** What a discovery document says that AWS needs. */
export interface Discovery {
  readonly issuer: string;
  readonly keysUrl: string;
}

/** Paths below the issuer's URL. OpenID Connect Discovery 1.0 section 4; GitLab serves the keys where its document says. */
export function buildDiscoveryUrl(issuer: string): string {
  return `${issuer}/.well-known/openid-configuration`;
}

/** No URL of an issuer is longer, and whatever is would only fill the log. */
const MAX_URL_LENGTH = 2000;

/** Reads a discovery document; `undefined` for anything that is none. */
export function parseDiscovery(body: string): Discovery | undefined {
  const { issuer, jwks_uri: keysUrl } = parseJsonObject(body) ?? {};
  if (typeof issuer !== "string" || typeof keysUrl !== "string" || !isUrl(keysUrl)) return undefined;
  if (Math.max(issuer.length, keysUrl.length) > MAX_URL_LENGTH) return undefined;
  return { issuer, keysUrl: new URL(keysUrl).href };
}

/** A key set with so many keys of one type is refused by AWS. */
const MAX_KEYS = 100;

/**
 * Says what in a key set keeps AWS from verifying a token that was signed with this key; empty when nothing does.
 *
 * @see RFC 7517 section 4
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export function findKeyFaults(body: string, keyId: string | undefined): readonly string[] {
  const { keys } = parseJsonObject(body) ?? {};
  if (!Array.isArray(keys)) return ["what answers is no key set: a JSON object with `keys`"];
  const known = keys.map((member: unknown) => (isJsonObject(member) ? member : {}));
  const key = known.findLast(({ kid }) => keyId !== undefined && kid === keyId);
  return [
    ...(keys.length > MAX_KEYS ? [`it has ${keys.length} keys; AWS takes ${MAX_KEYS} of a type`] : []),
    ...(known.some(({ kid }) => typeof kid !== "string") ? ["a key in it has no `kid`"] : []),
    ...(keyId !== undefined && key === undefined
      ? [`the key of this token (kid ${keyId}) is not among the ${keys.length} in it`]
      : []),
    ...(key?.use !== undefined && key.use !== "sig" ? ["the token's key has another `use` than `sig`"] : []),
    ...(key?.key_ops === undefined ? [] : ["the token's key has `key_ops`, with which AWS refuses it"]),
  ];
}

const PRIVATE_ADDRESS =
  /^(?:::ffff:)?(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)|^(?:::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** Whether an address is one that nobody outside of its network reaches. RFC 6890 section 2.2. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE_ADDRESS.test(address);
}
