import { X509Certificate } from "node:crypto";
import { lookup as lookUpName } from "node:dns";
import { existsSync, readFileSync } from "node:fs";
import { type ClientRequestArgs, Agent as HttpAgent, request as requestHttp } from "node:http";
import { type AgentOptions, Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { chooseProxy } from "./config/proxy.ts";
import { AwsOidcError } from "./errors.ts";
import type { Environment } from "./host.ts";
import { quotePath } from "./quote.ts";

/**
 * Longest time to connect, to STS or through a proxy. It includes finding the address, and a resolver turns from a name
 * server that does not answer to the next one after 5 seconds.
 */
const CONNECTION_TIMEOUT_MS = 6500;

/** What the SDK asks of a request handler. */
export type RequestHandler = Pick<NodeHttpHandler, "handle" | "destroy" | "metadata">;

type Certificates = Pick<AgentOptions, "ca">;

/**
 * Makes the one request handler of a run: the same connections for every call, through the proxy that the environment
 * names for the destination.
 *
 * Only connecting has a limit here; the whole request gets its own from the signal that comes with it.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a certificate bundle that cannot be used, and from `handle` for such a proxy
 */
export function createRequestHandler(env: Environment): RequestHandler {
  const certificates = readCertificateBundle(env);
  const handlers = new Map<string, NodeHttpHandler>();
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request, options) {
      const port = request.port === undefined ? "" : `:${request.port}`;
      const proxy = chooseProxy(new URL(`${request.protocol}//${request.hostname}${port}`), env)?.url;
      const key = proxy?.href ?? "";
      const handler = handlers.get(key) ?? createHandler(proxy, certificates);
      handlers.set(key, handler);
      return handler.handle(request, options);
    },
    destroy() {
      for (const handler of handlers.values()) handler.destroy();
    },
  };
}

function createHandler(proxy: URL | undefined, certificates: Certificates): NodeHttpHandler {
  const options = { keepAlive: true, lookup, ...certificates };
  const [httpAgent, httpsAgent] = [new HttpAgent(options), new HttpsAgent(options)];
  if (proxy === undefined) {
    return new NodeHttpHandler({ httpAgent, httpsAgent, connectionTimeout: CONNECTION_TIMEOUT_MS });
  }
  const tunnel = (destination: Destination): Promise<Socket> => openTunnel(proxy, destination, certificates);
  const encrypt = httpsAgent.createConnection.bind(httpsAgent);
  httpAgent.createConnection = asynchronous(tunnel);
  httpsAgent.createConnection = asynchronous(async (destination) =>
    encrypt(Object.assign({ socket: await tunnel(destination) }, destination)),
  );
  return new NodeHttpHandler({ httpAgent, httpsAgent });
}

type Destination = Pick<ClientRequestArgs, "host" | "port">;
type Connection = ReturnType<HttpAgent["createConnection"]>;

/** Gives a promise the form in which an agent takes connections that are not there at once. */
function asynchronous(
  connect: (destination: Destination) => Promise<Connection>,
): HttpAgent["createConnection"] {
  return (destination, callback) => {
    const connected = callback as (error: unknown, connection?: Connection) => void;
    connect(destination).then((connection) => connected(null, connection), connected);
    return undefined;
  };
}

/**
 * Asks a proxy for a connection to somewhere else.
 *
 * Of Node's own proxy support, versions before 22.21 and 24.5 have nothing.
 *
 * @see RFC 9110 section 9.3.6
 */
function openTunnel(proxy: URL, { host, port }: Destination, certificates: Certificates): Promise<Socket> {
  const authority = `${host?.includes(":") ? `[${host}]` : host}:${port}`;
  const connect = proxy.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { readonly code?: string }): void => {
      // The URL itself may have a password in it.
      error.message = `the proxy ${proxy.origin}: ${error.message || error.code}`;
      reject(error);
    };
    const request = connect({
      ...certificates,
      lookup,
      agent: false,
      host: proxy.hostname.replace(/^\[(.*)\]$/, "$1"),
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
function readCertificateBundle(env: Environment): Certificates {
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

function readBundle(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unusableBundle(path, "cannot be read", error);
  }
}

function unusableBundle(path: string, reason: string, cause: unknown): AwsOidcError {
  return new AwsOidcError("CONFIG_INVALID", `AWS_CA_BUNDLE: ${quotePath(path)} ${reason}`, {
    hint: "Set AWS_CA_BUNDLE to a file with the certificates of your authorities (GitLab: a variable of type File), or remove it.",
    cause,
  });
}
