import { isJsonObject, parseJsonObject } from "../foundation/json.ts";
import { showValue } from "../foundation/quote.ts";
import { isUrl } from "../foundation/url.ts";

/** What AWS needs from a discovery document. */
export interface Discovery {
  readonly issuer: string;
  readonly keysUrl: string;
  /** The issuer's signing algorithms; empty if it does not say. */
  readonly algorithms: readonly string[];
}

/**
 * Paths below the issuer's URL. OpenID Connect Discovery 1.0 section 4; GitLab serves the keys where its document says.
 */
export function buildDiscoveryUrl(issuer: string): string {
  return `${issuer}/.well-known/openid-configuration`;
}

/** No issuer's URL is longer, and anything longer would only fill the log. */
const MAX_URL_LENGTH = 2000;

/** Reads a discovery document; `undefined` for anything else. */
export function parseDiscovery(body: string): Discovery | undefined {
  const document = parseJsonObject(body) ?? {};
  const { issuer, jwks_uri: keysUrl, id_token_signing_alg_values_supported: algorithms } = document;
  if (typeof issuer !== "string" || typeof keysUrl !== "string" || !isUrl(keysUrl)) return undefined;
  if (Math.max(issuer.length, keysUrl.length) > MAX_URL_LENGTH) return undefined;
  return {
    issuer,
    keysUrl: new URL(keysUrl).href,
    algorithms: Array.isArray(algorithms) ? algorithms.map(textOf) : [],
  };
}

/** What is wrong with the documents that an issuer publishes. */
export interface PublishedFaults {
  /** What keeps AWS from verifying the token. */
  readonly faults: readonly string[];
  /** What an issuer should not do, although AWS may still verify its tokens. */
  readonly oddities: readonly string[];
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const ALGORITHMS: readonly string[] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

/** Compares a discovery document with the issuer that it was found at. */
export function findDiscoveryFaults(
  { issuer, keysUrl, algorithms }: Discovery,
  expectedIssuer: string,
): PublishedFaults {
  const { protocol, host } = new URL(keysUrl);
  const isHttps = protocol === "https:";
  return {
    faults: [
      ...(issuer === expectedIssuer
        ? []
        : [`the discovery document is for the issuer ${showValue(issuer)}, not ${expectedIssuer}`]),
      ...(isHttps ? [] : [`the keys are at ${showValue(keysUrl)}, and AWS accepts https URLs only`]),
    ],
    oddities: [
      ...(isHttps && host !== new URL(expectedIssuer).host
        ? [
            `the keys are on another host, ${host}: whoever runs it can make tokens that AWS accepts as this issuer's`,
          ]
        : []),
      ...(algorithms.some(isUnsigned)
        ? ["the discovery document offers the algorithm `none`, which means no signature"]
        : []),
    ],
  };
}

function isUnsigned(algorithm: unknown): boolean {
  return textOf(algorithm).toLowerCase() === "none";
}

/** A member of any type as text. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : `${JSON.stringify(value)}`;
}

/** What a token says about its signature. */
export interface TokenSignature {
  readonly keyId: string | undefined;
  readonly algorithm: string | undefined;
}

/** Says what in the token's header keeps AWS from verifying it. */
export function findSignatureFaults({ algorithm }: TokenSignature): readonly string[] {
  if (algorithm === undefined) return ["the token does not say how it is signed (`alg`)"];
  return ALGORITHMS.includes(algorithm)
    ? []
    : [`the token is signed by \`alg\` ${showValue(algorithm)}; ${TAKEN}`];
}

const TAKEN = `AWS accepts ${ALGORITHMS.join(", ")}`;

/** AWS refuses a key set with more keys of one type. */
const MAX_KEYS = 100;

/**
 * Looks for mistakes in a key set, for a token signed with the key that has this id.
 *
 * @see RFC 7517 section 4
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export function findKeyFaults(body: string, keyId: string | undefined): PublishedFaults {
  const { keys } = parseJsonObject(body) ?? {};
  if (!Array.isArray(keys)) {
    return { faults: ["the answer is not a key set: a JSON object with `keys`"], oddities: [] };
  }
  const known = keys.map((member: unknown) => (isJsonObject(member) ? member : {}));
  const key = known.findLast(({ kid }) => keyId !== undefined && kid === keyId);
  const others = known.filter((other) => other !== key);
  return {
    faults: [
      ...(keys.length > MAX_KEYS ? [`it has ${keys.length} keys; AWS accepts ${MAX_KEYS} of a type`] : []),
      ...(known.some(({ kid }) => typeof kid !== "string") ? ["a key in it has no `kid`"] : []),
      ...(keyId !== undefined && key === undefined
        ? [`the key of this token (kid ${showValue(keyId)}) is not among the ${keys.length} in it`]
        : []),
      ...(key === undefined ? [] : findTokenKeyFaults(key)),
    ],
    oddities: [
      ...(others.some(({ kty }) => kty === "oct")
        ? ["a key in it is a shared secret (`kty` oct): anyone who reads it can sign with it"]
        : []),
      ...(others.some(({ alg }) => isUnsigned(alg))
        ? ["a key in it has `alg` none, which means no signature"]
        : []),
    ],
  };
}

/** The required members of a key, by type. RFC 7518 section 6. */
const KEY_MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["RSA", ["n", "e"]],
  ["EC", ["crv", "x", "y"]],
]);

function findTokenKeyFaults(key: Readonly<Record<string, unknown>>): readonly string[] {
  const type = textOf(key.kty);
  const missing = KEY_MEMBERS.get(type)?.filter((name) => typeof key[name] !== "string");
  return [
    ...(missing === undefined
      ? [`the token's key has the type ${type} (\`kty\`); AWS accepts RSA and EC`]
      : []),
    ...(missing === undefined || missing.length === 0
      ? []
      : [`the token's key lacks ${missing.map((name) => `\`${name}\``).join(" and ")}`]),
    ...(key.alg === undefined || ALGORITHMS.includes(textOf(key.alg))
      ? []
      : [`the token's key is for \`alg\` ${textOf(key.alg)}; ${TAKEN}`]),
    ...(key.use !== undefined && key.use !== "sig" ? ["the token's key has a `use` other than `sig`"] : []),
    ...(key.key_ops === undefined ? [] : ["the token's key has `key_ops`, so AWS refuses it"]),
  ];
}

const PRIVATE_ADDRESS =
  /^(?:::ffff:)?(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)|^(?:::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** Whether an address cannot be reached from outside its network. RFC 6890 section 2.2. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE_ADDRESS.test(address);
}
