import type { ConnectSts, Sts, StsTarget } from "../aws/sts/sts.ts";
import { buildStsUrl } from "../aws/sts/sts-url.ts";
import type { Environment, Network } from "../foundation/ports.ts";
import { createConnections } from "./connections.ts";
import { findWay } from "./proxies.ts";

/** The user agent's app id, unless the job sets one. */
const APP_ID = "gitlab-aws-oidc";

/**
 * The network of a run: one request handler, so one connection to each server.
 *
 * The code that sends requests is as large as all the rest. It is loaded while the first connection opens.
 */
export function createNodeNetwork(env: Environment): Network & { readonly connectSts: ConnectSts } {
  // Created at first use, so that an unusable certificate bundle is reported like any other error.
  const connections = atFirstUse(() => createConnections(env));
  const requests = atFirstUse(async () => {
    const { createRequestHandler, createStsConnector } = await import("./requests.ts");
    const requestHandler = createRequestHandler(connections());
    const connectSts = createStsConnector({
      requestHandler,
      userAgentAppId: env.AWS_SDK_UA_APP_ID || APP_ID,
      executionEnvironment: env.AWS_EXECUTION_ENV,
    });
    return { requestHandler, connectSts };
  });
  const connect: ConnectSts = async (target) => {
    connections().open(new URL(buildStsUrl(target)));
    await platformTurn();
    const { connectSts } = await requests();
    await platformTurn();
    return connectSts(target);
  };
  const connected = new Map<StsTarget, Promise<Sts>>();
  return {
    connectSts(target) {
      const sts = connected.get(target) ?? connect(target);
      connected.set(target, sts);
      return sts;
    },
    async fetchPage(url, signal) {
      const [{ createPageFetcher }, { requestHandler }] = await Promise.all([
        import("./pages.ts"),
        requests(),
      ]);
      return createPageFetcher(requestHandler, connections())(url, signal);
    },
    findWay: (destination) => findWay(new URL(destination), env),
  };
}

/** Lets the platform continue with work in progress, such as a connection. */
function platformTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function atFirstUse<T>(make: () => T): () => T {
  let get = (): T => {
    const made = make();
    get = () => made;
    return made;
  };
  return () => get();
}
