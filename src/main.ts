import { createStsConnector } from "./aws/sdk-sts.ts";
import type { ConnectSts } from "./aws/sts.ts";
import { runCli } from "./cli.ts";
import { createPageFetcher } from "./node-fetch.ts";
import { createNodeHost } from "./node-host.ts";
import { createRequestHandler } from "./node-network.ts";

/** The user agent's app id, unless the job sets one. */
const APP_ID = "gitlab-aws-oidc";

/** Made at the first use, so that a proxy or certificate bundle that cannot be used is reported like any other error. */
const requestHandler = atFirstUse(() => createRequestHandler(process.env));
const connector = atFirstUse(() =>
  createStsConnector({
    requestHandler: requestHandler(),
    userAgentAppId: process.env.AWS_SDK_UA_APP_ID || APP_ID,
  }),
);

const connectSts: ConnectSts = (target) => connector()(target);
const network = { connectSts, fetchPage: createPageFetcher(requestHandler) };

function atFirstUse<T>(make: () => T): () => T {
  let get = (): T => {
    const made = make();
    get = () => made;
    return made;
  };
  return () => get();
}

runCli(process.argv.slice(2), createNodeHost(), network).then((exitCode) => process.exit(exitCode));
