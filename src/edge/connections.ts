import { X509Certificate } from "node:crypto";
import { lookup as lookUpName } from "node:dns";
import { existsSync } from "node:fs";
import { type ClientRequestArgs, Agent as HttpAgent, request as requestHttp } from "node:http";
import { type AgentOptions, Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import { AwsOidcError } from "../foundation/errors.ts";
import { platformCode, platformMessage } from "../foundation/platform-message.ts";
import type { Environment } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";
import { readRegularFile } from "./files.ts";
import { findWay, withoutBrackets } from "./proxies.ts";

/**
 * Longest time to connect, to STS or through a proxy. It includes finding the address, and a resolver turns from a name
 * server that does not answer to the next one after 5 seconds.
 */
export const CONNECTION_TIMEOUT_MS = 6500;

/** How a server is reached: for plain http, and for https. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** Connects through the proxy, with a limit of its own to the time that it takes; absent where there is no proxy. */
  readonly tunnel: ((destination: Destination) => Promise<Socket>) | undefined;
}

/** The connections of a run, which all its requests share. */
export interface Connections {
  /**
   * @param destination URL of the server
   * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used
   */
  agentsFor(destination: URL): Agents;
  /**
   * Begins to connect to a server, for the next request to it, which then has less to wait for. Does nothing for a server
   * to which there is a connection that nothing uses, nor for one behind a proxy, to which there are two to make.
   *
   * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used
   */
  open(destination: URL): void;
}

type ConnectOptions = Pick<AgentOptions, "ca" | "keepAlive"> & {
  /** Said outright, since `NODE_TLS_REJECT_UNAUTHORIZED` decides where nothing is said. */
  readonly rejectUnauthorized: true;
  /** What an agent adds by itself, so that the connection it does not make has it too. */
  readonly noDelay: true;
  readonly lookup: LookupFunction;
};

/**
 * Makes the connections of a run, through the proxies that the environment names.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a certificate bundle that cannot be used
 */
export function createConnections(env: Environment): Connections {
  const options: ConnectOptions = {
    rejectUnauthorized: true,
    keepAlive: true,
    noDelay: true,
    lookup,
    ...readCertificateBundle(env),
  };
  const made = new Map<string, Agents>();
  const agentsFor = (destination: URL): Agents => {
    const way = findWay(destination, env);
    const proxy = way.kind === "proxy" ? way.url : undefined;
    const key = proxy?.href ?? "";
    const agents = made.get(key) ?? createAgents(proxy, options);
    made.set(key, agents);
    return agents;
  };
  return {
    agentsFor,
    open(destination) {
      const { http, https, tunnel } = agentsFor(destination);
      if (tunnel === undefined)
        openEarly(destination.protocol === "https:" ? https : http, destination, options);
    },
  };
}

function createAgents(proxy: URL | undefined, options: ConnectOptions): Agents {
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  if (proxy === undefined) return { http, https, tunnel: undefined };
  const tunnel = (destination: Destination): Promise<Socket> => openTunnel(proxy, destination, options);
  const encrypt = https.createConnection.bind(https);
  https.createConnection = (destination, callback) => {
    const connected = callback as (error: unknown, connection?: Connection) => void;
    tunnel(destination)
      .then((socket) => encrypt(Object.assign({ socket }, destination)))
      .then((connection) => connected(null, connection), connected);
    return undefined;
  };
  return { http, https, tunnel };
}

/** Connects as the agent would, and is what the agent connects when it is next asked for the same server. */
function openEarly(agent: HttpAgent, { hostname, port, protocol }: URL, options: ConnectOptions): void {
  const host = withoutBrackets(hostname);
  const server = { host, port: Number(port || (protocol === "https:" ? 443 : 80)) };
  const own = { ...options, ...server, servername: isIP(host) === 0 ? host : "" };
  if (agent.freeSockets[agent.getName(own)] !== undefined) return;
  const connect = agent.createConnection.bind(agent);
  const early = connect(own);
  const failures: Error[] = [];
  early?.once("error", (error) => failures.push(error));
  agent.createConnection = (wanted, callback) => {
    if (wanted.host !== server.host || Number(wanted.port) !== server.port) return connect(wanted, callback);
    agent.createConnection = connect;
    const [failure] = failures;
    // Of one that was ended without a failure no request would ever hear.
    if (failure === undefined) return early?.destroyed ? connect(wanted, callback) : early;
    (callback as (error: unknown) => void)(failure);
    return undefined;
  };
}

type Destination = Pick<ClientRequestArgs, "host" | "port">;
type Connection = ReturnType<HttpAgent["createConnection"]>;

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

let lookupsUnderWay = 0;

/** The platform's own lookup, counted. */
const lookup: LookupFunction = (hostname, options, callback) => {
  lookupsUnderWay += 1;
  lookUpName(hostname, options, (...answer) => {
    lookupsUnderWay -= 1;
    callback(...answer);
  });
};

/**
 * The platform does not end a process before its name lookups have ended, which takes a dead name server 10 seconds and
 * more. Node 20 lacks the way out.
 */
process.once("exit", (exitCode) => {
  if (lookupsUnderWay > 0 && process.execve !== undefined && existsSync("/bin/sh")) {
    process.execve("/bin/sh", ["sh", "-c", `exit ${exitCode}`]);
  }
});

/** `NODE_EXTRA_CA_CERTS` is Node's own; `AWS_CA_BUNDLE` takes the place of all authorities, as in the AWS CLI. */
function readCertificateBundle(env: Environment): Pick<AgentOptions, "ca"> {
  const path = env.AWS_CA_BUNDLE;
  if (!path) return {};
  const ca = readBundle(path);
  try {
    new X509Certificate(ca);
  } catch (error) {
    throw unusableBundle(path, "holds no certificate in PEM form", error);
  }
  return { ca };
}

/** The authorities of all browsers together take a quarter of a megabyte. */
const MAX_BUNDLE_BYTES = 4_194_304;

function readBundle(path: string): string {
  try {
    return readRegularFile(path, MAX_BUNDLE_BYTES);
  } catch (error) {
    throw unusableBundle(path, `cannot be read (${platformCode(error)})`, error);
  }
}

function unusableBundle(path: string, reason: string, cause: unknown): AwsOidcError {
  return new AwsOidcError("CONFIG_INVALID", `AWS_CA_BUNDLE: ${quotePath(path)} ${reason}`, {
    hint: "Set AWS_CA_BUNDLE to a file with the certificates of your authorities (GitLab: a variable of type File), or remove it.",
    cause,
  });
}
