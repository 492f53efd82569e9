import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Timed runs of each subject; memory is measured in a fifth as many. */
  readonly runs: number;
  /** Programs to run the scripts with. */
  readonly nodes: readonly string[];
  /** Also write a picture of what the first Node did here. */
  readonly image: string | undefined;
}

const DEFAULT_RUNS = 25;
const QUICK_RUNS = 5;

export const HELP = `Measures the exchange of a token, whole processes side by side, against a stand-in for STS on this machine.

usage: npm run bench -- [options]

  --runs <n>      timed runs of each subject (default: ${DEFAULT_RUNS})
  --quick         ${QUICK_RUNS} runs: to check that it works, not to compare
  --node <file>   a Node to run the scripts with; repeat for more (default: the one that runs this)
  --image <file>  also write a picture of the first Node's results here, for the docs
  --help          shows this text

Also compared, if present:
  AWS CLI 1, AWS CLI 2        the first \`aws\` of each major version on the PATH
  configure-aws-credentials   if CONFIGURE_AWS_CREDENTIALS names a checkout of aws-actions/configure-aws-credentials
`;

/** @throws for an unknown option or an invalid value */
export function parseBenchOptions(argv: readonly string[]): BenchOptions | "help" {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: "string" },
      quick: { type: "boolean" },
      node: { type: "string", multiple: true },
      image: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const runs = values.runs === undefined ? (values.quick ? QUICK_RUNS : DEFAULT_RUNS) : Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`"--runs" must be a whole number from 1, got "${values.runs}"`);
  const nodes = (values.node ?? [process.execPath]).map((file) => resolve(file));
  const missing = nodes.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`"--node": ${missing} does not exist`);
  return { runs, nodes, image: values.image };
}
