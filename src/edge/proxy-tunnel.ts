import { type ClientRequestArgs, request as requestHttp } from "node:http";
import { Agent, type AgentOptions, request as requestHttps } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { platformMessage } from "../foundation/platform-message.ts";
import { withoutBrackets } from "./proxies.ts";

/**
 * Longest time to connect, to STS or through a proxy. It includes finding the address, and a resolver turns from a name
 * server that does not answer to the next one after 5 seconds.
 */
export const CONNECTION_TIMEOUT_MS = 6500;

/** With what every connection is made. */
export type ConnectOptions = Pick<AgentOptions, "ca" | "keepAlive"> & {
  /** Always given, since `NODE_TLS_REJECT_UNAUTHORIZED` decides where it is not. */
  readonly rejectUnauthorized: true;
  /** What an agent adds by itself, so that a connection that it does not make has it too. */
  readonly noDelay: true;
  readonly lookup: LookupFunction;
};

/** Where a tunnel leads. */
export type Destination = Pick<ClientRequestArgs, "host" | "port">;

/** What an agent is told of a connection that it asked for. */
export type Connected = (error: Error | null, connection?: Duplex) => void;

/** Makes its connections through a proxy. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;
  readonly #options: ConnectOptions;

  constructor(proxy: URL, options: ConnectOptions) {
    super(options);
    this.#proxy = proxy;
    this.#options = options;
  }

  /** Connects through the proxy, with a limit of its own to the time that it takes. */
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
 * Asks a proxy for a connection to somewhere else.
 *
 * Of Node's own proxy support, versions before 22.21 and 24.5 have nothing.
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
      // Else the certificate would have to be for the `host` of the headers, which is the destination.
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
