import { type ClientRequestArgs, request as requestHttp } from "node:http";
import { Agent, type AgentOptions, request as requestHttps } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { platformMessage } from "../foundation/platform-message.ts";
import { withoutBrackets } from "./proxies.ts";

/**
 * The longest time to connect, to STS or through a proxy. It includes the name lookup: a resolver moves from a dead
 * name server to the next one after 5 seconds.
 */
export const CONNECTION_TIMEOUT_MS = 6500;

/** The options of every connection. */
export type ConnectOptions = Pick<AgentOptions, "ca" | "keepAlive"> & {
  /** Always set, because otherwise `NODE_TLS_REJECT_UNAUTHORIZED` decides. */
  readonly rejectUnauthorized: true;
  /** What an agent adds itself, so that connections it does not create have it too. */
  readonly noDelay: true;
  readonly lookup: LookupFunction;
};

/** The destination of a tunnel. */
export type Destination = Pick<ClientRequestArgs, "host" | "port">;

/** The callback with an agent's requested connection. */
export type Connected = (error: Error | null, connection?: Duplex) => void;

/** Connects through a proxy. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;
  readonly #options: ConnectOptions;

  constructor(proxy: URL, options: ConnectOptions) {
    super(options);
    this.#proxy = proxy;
    this.#options = options;
  }

  /** Connects through the proxy, with its own time limit. */
  openTunnel(destination: Destination): Promise<Socket> {
    return openTunnel(this.#proxy, destination, this.#options);
  }

  override createConnection(destination: ClientRequestArgs, connected: Connected): undefined {
    this.openTunnel(destination)
      .then((socket) => super.createConnection(Object.assign({ socket }, destination)) ?? undefined)
      .then((connection) => connected(null, connection), connected);
    return undefined;
  }
}

/**
 * Asks a proxy for a connection to another host.
 *
 * Node's own proxy support exists only from 22.21 and 24.5.
 *
 * @see RFC 9110 section 9.3.6
 */
function openTunnel(
  proxy: URL,
  { host, port }: Destination,
  { ca, rejectUnauthorized, lookup }: ConnectOptions,
): Promise<Socket> {
  const authority = `${host?.includes(":") ? `[${host}]` : host}:${port}`;
  const connect = proxy.protocol === "https:" ? requestHttps : requestHttp;
  const ownHost = withoutBrackets(proxy.hostname);
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { readonly code?: string }): void => {
      // The URL itself may have a password in it.
      error.message = `the proxy ${proxy.origin}: ${platformMessage(error) || error.code}`;
      reject(error);
    };
    const request = connect({
      ...(ca !== undefined && { ca }),
      rejectUnauthorized,
      lookup,
      agent: false,
      host: ownHost,
      // Otherwise the certificate would have to be for the `host` in the headers, which is the destination.
      servername: isIP(ownHost) === 0 ? ownHost : "",
      port: proxy.port,
      method: "CONNECT",
      path: authority,
      headers: { host: authority, connection: "keep-alive", ...proxyAuthorization(proxy) },
      timeout: CONNECTION_TIMEOUT_MS,
    });
    request.once("timeout", () => {
      const message = `no answer within ${CONNECTION_TIMEOUT_MS / 1000} s`;
      request.destroy(Object.assign(new Error(message), { code: "ETIMEDOUT", syscall: "connect" }));
    });
    request.once("error", fail);
    request.once("connect", ({ statusCode = 0, statusMessage }, socket: Socket) => {
      socket.setTimeout(0);
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.destroy();
      fail(
        Object.assign(new Error(`it answered ${statusCode} ${statusMessage}`), {
          code: `PROXY_${statusCode}`,
        }),
      );
    });
    request.end();
  });
}

function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "" && password === "") return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
}
