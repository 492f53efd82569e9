import type { IncomingMessage } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect, type PeerCertificate, TLSSocket } from "node:tls";
import { AwsOidcError } from "../foundation/errors.ts";
import { platformMessage } from "../foundation/platform-message.ts";
import {
  type Certificate,
  type FetchPage,
  type Page,
  PageError,
  type StopSignal,
} from "../foundation/ports.ts";
import { cut, showValue } from "../foundation/quote.ts";
import type { Connections } from "./connections.ts";
import { withoutBrackets } from "./proxies.ts";
import type { RequestHandler } from "./requests.ts";

/** Far more than any discovery document or key set. */
const MAX_BODY_BYTES = 1_000_000;
/** A server or proxy can say as much as fits into a header. */
const MAX_MESSAGE_LENGTH = 500;
/** The handshake only adds details about a failure, so it must be short. */
const HANDSHAKE_LIMIT_MS = 2000;
/** Chains are short; a certificate that names itself as its issuer ends one. */
const MAX_CHAIN_LENGTH = 10;

/**
 * Fetches pages with the same request handler as STS, so with the same proxies and authorities.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID`, from the page, for a proxy or certificate bundle that cannot be used
 */
export function createPageFetcher(
  requestHandler: RequestHandler,
  connections: Pick<Connections, "agentsFor">,
): FetchPage {
  return async (text, signal) => {
    const started = performance.now();
    const url = new URL(text);
    const { tunnel } = connections.agentsFor(url);
    try {
      const message = await get(url, requestHandler, signal);
      const { address, certificate } = describeSocket(message);
      const body = await readBody(message);
      return {
        status: message.statusCode ?? 0,
        body,
        elapsedMs: performance.now() - started,
        // Only the proxy knows the other end of a tunnel.
        address: tunnel === undefined ? address : undefined,
        certificate,
      };
    } catch (error) {
      throw await toPageError(error, () => readPresentedChain(url, tunnel));
    }
  };
}

async function get(url: URL, handler: RequestHandler, signal: StopSignal): Promise<IncomingMessage> {
  const request = {
    method: "GET",
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port !== "" && { port: Number(url.port) }),
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, accept: "application/json", "user-agent": "gitlab-aws-oidc" },
    query: {},
  };
  const { response } = await handler.handle(request, { abortSignal: signal });
  return response.body;
}

/** The socket's own facts are gone once the answer is read. */
function describeSocket({ socket }: IncomingMessage): Pick<Page, "address" | "certificate"> {
  const isSecure = socket instanceof TLSSocket;
  return {
    address: socket.remoteAddress,
    certificate: isSecure ? describeCertificate(socket.getPeerCertificate()) : undefined,
  };
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw Object.assign(new Error(`more than ${MAX_BODY_BYTES} bytes`), { code: "TOO_LARGE" });
    }
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Codes for a refused certificate that is worth identifying. */
const REFUSED_CERTIFICATE = /CERT|SIGNATURE|ALTNAME/;

async function toPageError(
  error: unknown,
  readChain: () => Promise<readonly Certificate[]>,
): Promise<unknown> {
  const isOwn = error instanceof AwsOidcError;
  if (isOwn || !(error instanceof Error) || !("code" in error || error.name === "TimeoutError")) return error;
  const nested = "errors" in error && Array.isArray(error.errors) ? error.errors[0] : undefined;
  const code = String(("code" in error ? error.code : undefined) ?? nested?.code ?? "ETIMEDOUT");
  const presented = REFUSED_CERTIFICATE.test(code) ? await readChain() : [];
  return new PageError(cut(platformMessage(error), MAX_MESSAGE_LENGTH), { code, presented, cause: error });
}

/**
 * Reads the certificates that a server sends, after they were refused, over the same route. Only the handshake is sent,
 * so it does not matter that they are not trusted. If the route itself fails, there is no answer.
 */
async function readPresentedChain(
  { hostname, port }: URL,
  tunnel: ReturnType<Connections["agentsFor"]>["tunnel"],
): Promise<readonly Certificate[]> {
  const host = withoutBrackets(hostname);
  const server = { host, port: Number(port || 443) };
  const through = await tunnel?.(server).catch(() => "no way" as const);
  if (through === "no way") return [];
  return shakeHands(host, through === undefined ? server : { socket: through });
}

function shakeHands(
  host: string,
  way: { readonly host: string; readonly port: number } | { readonly socket: Socket },
): Promise<readonly Certificate[]> {
  return new Promise((resolve) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const options = { ...way, ...servername, rejectUnauthorized: false };
    const socket = connect(options, () => end(chainOf(socket)));
    const end = (chain: readonly Certificate[]): void => {
      resolve(chain);
      socket.destroy();
    };
    socket.setTimeout(HANDSHAKE_LIMIT_MS, () => end([]));
    socket.once("error", () => end([]));
  });
}

function chainOf(socket: TLSSocket): readonly Certificate[] {
  const chain: Certificate[] = [];
  let current: PeerCertificate | undefined = socket.getPeerCertificate(true);
  while (current?.subject !== undefined && chain.length < MAX_CHAIN_LENGTH) {
    chain.push(describeCertificate(current));
    const above: PeerCertificate | undefined =
      "issuerCertificate" in current ? (current.issuerCertificate as PeerCertificate) : undefined;
    current = above?.fingerprint256 === current.fingerprint256 ? undefined : above;
  }
  return chain;
}

function describeCertificate({ subject, issuer, valid_to: validTo }: PeerCertificate): Certificate {
  return { subject: nameOf(subject), issuer: nameOf(issuer), expiresAt: new Date(validTo) };
}

function nameOf(name: PeerCertificate["subject"]): string {
  const texts = [name.CN, name.O].flat().filter((text) => text !== undefined && text !== "");
  return showValue(texts[0] ?? "nobody");
}
