import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { verificationKeyUnavailable } from "./errors.ts";

/** Where issuers are found, since the names in `iss` do not resolve to loopback. */
export interface IssuerAccess {
  /** Address by `iss`; an issuer without one is reached only if it is on loopback itself. */
  readonly issuers: Readonly<Record<string, string>>;
  /** Certificate authority of issuers that speak HTTPS. */
  readonly authorityPem: string | undefined;
  /** Milliseconds that an issuer has to answer. */
  readonly timeoutMs: number;
}

interface IssuerKey {
  readonly kid: string;
  readonly key: KeyObject;
}

const MAX_KEYS = 100;
const LOOPBACK_HOSTS = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** IAM accepts neither keys for encryption nor keys with `key_ops`. */
function importKey(jwk: JsonWebKey & { readonly kid?: unknown }): IssuerKey | undefined {
  if (typeof jwk.kid !== "string" || jwk.use === "enc" || jwk.key_ops !== undefined) return undefined;
  return { kid: jwk.kid, key: createPublicKey({ key: jwk, format: "jwk" }) };
}

function fetchText(url: string, { authorityPem, timeoutMs }: IssuerAccess): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const get = url.startsWith("https:") ? httpsGet : httpGet;
    const request = get(url, { agent: false, ca: authorityPem, signal }, (response) => {
      if (response.statusCode !== 200) {
        response.destroy();
        return reject(new Error(`status ${response.statusCode}`));
      }
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}

/** Keys of the issuers, kept until a token names one that is not among them. */
export class VerificationKeys {
  readonly #access: IssuerAccess;
  readonly #keys = new Map<string, Promise<ReadonlyMap<string, KeyObject>>>();

  constructor(access: IssuerAccess) {
    this.#access = access;
  }

  /** @throws ServiceError whatever the reason: the service does not tell them apart */
  async find(iss: string, kid: unknown): Promise<KeyObject> {
    if (typeof kid !== "string") throw verificationKeyUnavailable();
    const cached = await this.#keys.get(iss);
    const key = cached?.get(kid) ?? (await this.#fresh(iss)).get(kid);
    if (key === undefined) throw verificationKeyUnavailable();
    return key;
  }

  /** One request serves all tokens that wait for it; what failed is asked again. */
  #fresh(iss: string): Promise<ReadonlyMap<string, KeyObject>> {
    const keys = this.#fetch(iss).catch(() => {
      if (this.#keys.get(iss) === keys) this.#keys.delete(iss);
      throw verificationKeyUnavailable();
    });
    this.#keys.set(iss, keys);
    return keys;
  }

  async #fetch(iss: string): Promise<ReadonlyMap<string, KeyObject>> {
    const discovery = JSON.parse(await this.#get(iss, `${iss}/.well-known/openid-configuration`));
    if (discovery.issuer !== iss) throw new Error("the discovery document names another issuer");
    const { keys } = JSON.parse(await this.#get(iss, discovery.jwks_uri));
    if (keys.length > MAX_KEYS) throw new Error("too many keys");
    const imported: readonly (IssuerKey | undefined)[] = keys.map(importKey);
    return new Map(imported.filter((key) => key !== undefined).map(({ kid, key }) => [kid, key]));
  }

  #get(iss: string, url: string): Promise<string> {
    return fetchText(this.#resolve(iss, url), this.#access);
  }

  #resolve(iss: string, url: string): string {
    const address = this.#access.issuers[iss];
    if (address !== undefined && url.startsWith(iss)) return address + url.slice(iss.length);
    if (LOOPBACK_HOSTS.has(new URL(url).hostname)) return url;
    throw new Error("no address is known for this issuer");
  }
}
