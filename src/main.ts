import { createStsConnector } from "./aws/sdk-sts.ts";
import type { ConnectSts } from "./aws/sts.ts";
import { runCli } from "./cli.ts";
import { createNodeHost } from "./node-host.ts";
import { createRequestHandler } from "./node-network.ts";

/** The user agent's app id, unless the job sets one. */
const APP_ID = "gitlab-aws-oidc";

/** The warning is for those who choose the Node version, not for those who read this job's log. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

let connector: ConnectSts | undefined;

/** Made at the first use, so that a proxy or certificate bundle that cannot be used is reported like any other error. */
const connectSts: ConnectSts = (target) => {
  connector ??= createStsConnector({
    requestHandler: createRequestHandler(process.env),
    userAgentAppId: process.env.AWS_SDK_UA_APP_ID || APP_ID,
  });
  return connector(target);
};

runCli(process.argv.slice(2), createNodeHost(), connectSts).then((exitCode) => process.exit(exitCode));
