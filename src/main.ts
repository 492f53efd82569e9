import { runCli } from "./cli.ts";
import { createNodeHost } from "./node-host.ts";
import { createNodeNetwork } from "./node-network.ts";

const network = createNodeNetwork(process.env);
runCli(process.argv.slice(2), createNodeHost(), network).then((exitCode) => process.exit(exitCode));
