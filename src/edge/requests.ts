import { HttpRequest } from "@smithy/core/protocols";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Agents, Connections } from "./connections.ts";
import { CONNECTION_TIMEOUT_MS } from "./proxy-tunnel.ts";
import type { SendsRequests } from "./sts-requests.ts";

export { createStsConnector } from "./sts-client.ts";

/** A request handler whose connections can be closed. */
export interface RequestHandler extends SendsRequests {
  destroy(): void;
}

/**
 * Creates the one request handler of a run: the same connections for every call, through the proxy that the environment
 * names for the destination.
 *
 * Only connecting has a limit here; the signal passed with a request limits the whole of it. `handle` throws an
 * {@link AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used.
 */
export function createRequestHandler(connections: Connections): RequestHandler {
  const handlers = new Map<Agents, NodeHttpHandler>();
  return {
    async handle(request, options) {
      const port = request.port === undefined ? "" : `:${request.port}`;
      const agents = connections.agentsFor(new URL(`${request.protocol}//${request.hostname}${port}`));
      const handler = handlers.get(agents) ?? createHandler(agents);
      handlers.set(agents, handler);
      return handler.handle(new HttpRequest(request), options);
    },
    destroy() {
      for (const handler of handlers.values()) handler.destroy();
    },
  };
}

function createHandler({ http, https, tunnel }: Agents): NodeHttpHandler {
  return new NodeHttpHandler({
    httpAgent: http,
    httpsAgent: https,
    ...(tunnel === undefined ? { connectionTimeout: CONNECTION_TIMEOUT_MS } : {}),
  });
}
