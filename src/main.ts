import { runCli } from "./cli.ts";
import { createNodeHost } from "./edge/host.ts";
import { createNodeNetwork } from "./edge/network.ts";

const network = createNodeNetwork(process.env);
runCli(process.argv.slice(2), createNodeHost(), network).then((exitCode) => process.exit(exitCode));
