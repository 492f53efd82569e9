import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { type AgentOptions, Agent as HttpsAgent } from "node:https";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { HttpProxyAgent, HttpsProxyAgent } from "hpagent";
import { getProxyForUrl } from "proxy-from-env";
import { AwsOidcError } from "./errors.ts";
import type { Environment } from "./host.ts";

/** Longest time to connect, as in the "standard" defaults mode of the AWS SDKs. */
const CONNECTION_TIMEOUT_MS = 3100;
/** Longest time from the request to the first byte of the answer. */
const REQUEST_TIMEOUT_MS = 10_000;

/** What the SDK asks of a request handler. */
export type RequestHandler = Pick<NodeHttpHandler, "handle" | "destroy" | "metadata">;

/**
 * Makes the one request handler of a run: the same connections for every call, through the proxy that `HTTPS_PROXY`,
 * `HTTP_PROXY` and `NO_PROXY` (or lower case) name for the destination.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a certificate bundle or proxy that cannot be used
 */
export function createRequestHandler(env: Environment): RequestHandler {
  const certificates = readCertificateBundle(env);
  const handlers = new Map<string, NodeHttpHandler>();
  const handlerBehind = (proxy: string): NodeHttpHandler => {
    const handler = handlers.get(proxy) ?? createHandler(proxy, certificates);
    handlers.set(proxy, handler);
    return handler;
  };
  return {
    metadata: { handlerProtocol: "http/1.1" },
    handle(request, options) {
      const port = request.port === undefined ? "" : `:${request.port}`;
      return handlerBehind(getProxyForUrl(`${request.protocol}//${request.hostname}${port}`)).handle(
        request,
        options,
      );
    },
    destroy() {
      for (const handler of handlers.values()) handler.destroy();
    },
  };
}

function createHandler(proxy: string, certificates: Pick<AgentOptions, "ca">): NodeHttpHandler {
  const options = { keepAlive: true, ...certificates };
  const agents =
    proxy === ""
      ? { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) }
      : createProxyAgents(parseProxy(proxy), options);
  return new NodeHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
    ...agents,
  });
}

function createProxyAgents(
  proxy: URL,
  options: AgentOptions,
): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const proxyRequestOptions = options.ca === undefined ? {} : { ca: [String(options.ca)] };
  const all = { ...options, proxy, proxyRequestOptions, timeout: CONNECTION_TIMEOUT_MS };
  return { httpAgent: new HttpProxyAgent(all), httpsAgent: new HttpsProxyAgent(all) };
}

function parseProxy(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new AwsOidcError(
    "CONFIG_INVALID",
    "the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is not an http or https URL",
    {
      hint: "Write it as http://<host>:<port>, with a password percent-encoded.",
    },
  );
}

/** `NODE_EXTRA_CA_CERTS` is Node's own; `AWS_CA_BUNDLE` takes the place of all authorities, as in the AWS CLI. */
function readCertificateBundle(env: Environment): Pick<AgentOptions, "ca"> {
  const path = env.AWS_CA_BUNDLE;
  if (!path) return {};
  try {
    const ca = readFileSync(path, "utf8");
    if (ca.includes("-----BEGIN CERTIFICATE-----")) return { ca };
  } catch (error) {
    throw unusableBundle(path, "cannot be read", error);
  }
  throw unusableBundle(path, "holds no certificate in PEM form", undefined);
}

function unusableBundle(path: string, reason: string, cause: unknown): AwsOidcError {
  return new AwsOidcError("CONFIG_INVALID", `AWS_CA_BUNDLE: the file ${JSON.stringify(path)} ${reason}`, {
    hint: "Set AWS_CA_BUNDLE to a file with the certificates of your authorities (GitLab: a variable of type File), or remove it.",
    cause,
  });
}
