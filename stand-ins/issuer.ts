import {
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
} from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { buildIdTokenClaims, type TokenDescription } from "./gitlab-job.ts";
import { type ServerCertificate, startListener } from "./http-listener.ts";

/** How the issuer answers STS. `keys-without-kid` publishes keys that STS cannot choose from. */
export type IssuerBehaviour =
  | "normal"
  | "hang"
  | "server-error"
  | "html"
  | "keys-without-kid"
  /** Members of the discovery document or of the token's key that replace its own. */
  | {
      readonly discovery?: Readonly<Record<string, unknown>>;
      readonly key?: Readonly<Record<string, unknown>>;
    };

export interface IssuerOptions {
  /** The `iss` claim; the URL where the issuer listens unless given. Its path is the path of the instance. */
  readonly iss?: string | undefined;
  readonly tls?: ServerCertificate | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly clock?: (() => Date) | undefined;
}

/** How a token is signed; by default as GitLab does. */
export interface SigningOptions {
  /** Members that replace or extend the JOSE header; `undefined` removes one. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with a key that the issuer never published under this `kid`. */
  readonly foreignKey?: boolean;
}

/** An OIDC issuer with GitLab's addresses and claims. */
export interface Issuer {
  /** The `iss` claim of its tokens. */
  readonly iss: string;
  /** Where it listens, with the path of the instance: the address that `iss` resolves to. */
  readonly url: string;
  /** Paths asked for, in order. */
  readonly requests: readonly string[];
  /** Signs an ID token for the job described. */
  mint(token?: TokenDescription, signing?: SigningOptions): string;
  /** Replaces the signing key; tokens of the one before are no longer verifiable. */
  rotateKeys(): Promise<void>;
  behave(behaviour: IssuerBehaviour): void;
  close(): Promise<void>;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

const JWKS_PATH = "/oauth/discovery/keys";

const RSA_OPTIONS = { modulusLength: 2048 };

async function createSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", RSA_OPTIONS);
  return { kid: randomUUID(), privateKey };
}

function publicJwkOf(key: SigningKey, behaviour: IssuerBehaviour): JsonWebKey {
  const jwk = { ...createPublicKey(key.privateKey).export({ format: "jwk" }), use: "sig", alg: "RS256" };
  if (behaviour === "keys-without-kid") return jwk;
  return { ...jwk, kid: key.kid, ...(typeof behaviour === "object" ? behaviour.key : {}) };
}

function discoveryOf(iss: string) {
  return {
    issuer: iss,
    jwks_uri: `${iss}${JWKS_PATH}`,
    authorization_endpoint: `${iss}/oauth/authorize`,
    token_endpoint: `${iss}/oauth/token`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

function encodeSegment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function signToken(key: SigningKey, claims: object, header: SigningOptions["header"]): string {
  const joseHeader = { alg: "RS256", kid: key.kid, typ: "JWT", ...header };
  const signed = `${encodeSegment(joseHeader)}.${encodeSegment(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key.privateKey).toString("base64url")}`;
}

function respond(response: ServerResponse, status: number, body: object | string): void {
  const [contentType, text] =
    typeof body === "string" ? ["text/html", body] : ["application/json", JSON.stringify(body)];
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

class GitLabIssuer {
  readonly requests: string[] = [];
  iss = "";
  behaviour: IssuerBehaviour = "normal";
  #key: SigningKey;
  readonly #clock: () => Date;

  constructor(key: SigningKey, clock: () => Date) {
    this.#key = key;
    this.#clock = clock;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    this.requests.push(path);
    if (this.behaviour === "hang") return;
    if (this.behaviour === "server-error") return respond(response, 500, { error: "server_error" });
    if (this.behaviour === "html") return respond(response, 200, "<html><body>Sign in</body></html>");
    const base = new URL(this.iss).pathname.replace(/\/$/, "");
    if (path === `${base}/.well-known/openid-configuration`)
      return respond(response, 200, { ...discoveryOf(this.iss), ...this.#discoveryMembers() });
    if (path === base + JWKS_PATH) {
      return respond(response, 200, { keys: [publicJwkOf(this.#key, this.behaviour)] });
    }
    respond(response, 404, { error: "not_found" });
  }

  #discoveryMembers(): Readonly<Record<string, unknown>> {
    return typeof this.behaviour === "object" ? (this.behaviour.discovery ?? {}) : {};
  }

  mint(token: TokenDescription = {}, { header, foreignKey = false }: SigningOptions = {}): string {
    const claims = buildIdTokenClaims(this.iss, token, this.#clock());
    const { kid } = this.#key;
    const key = foreignKey
      ? { kid, privateKey: generateKeyPairSync("rsa", RSA_OPTIONS).privateKey }
      : this.#key;
    return signToken(key, claims, header);
  }

  async rotateKeys(): Promise<void> {
    this.#key = await createSigningKey();
  }
}

/** Starts an issuer on loopback. */
export async function startIssuer(options: IssuerOptions = {}): Promise<Issuer> {
  const { clock = () => new Date(), tls, host, port } = options;
  const gitlab = new GitLabIssuer(await createSigningKey(), clock);
  const listener = await startListener({
    handle: (request, response) => gitlab.handle(request, response),
    tls,
    host,
    port,
  });
  gitlab.iss = options.iss ?? listener.origin;
  return {
    iss: gitlab.iss,
    url: listener.origin + new URL(gitlab.iss).pathname.replace(/\/$/, ""),
    requests: gitlab.requests,
    mint: (token, signing) => gitlab.mint(token, signing),
    rotateKeys: () => gitlab.rotateKeys(),
    behave: (behaviour) => {
      gitlab.behaviour = behaviour;
    },
    close: () => listener.close(),
  };
}
