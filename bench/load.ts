/**
 * Many jobs at once against one STS that throttles: `npm run bench:load -- [runs] [at once] [admitted per second]
 * [times]`.
 *
 * Every run is the whole command with the real network edge, over HTTP, in one process; fails if a run fails, or if all
 * of them take more than the given multiple, by default twice, of the time that admission alone needs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../src/cli.ts";
import { createConnections } from "../src/edge/connections.ts";
import { createNodeHost } from "../src/edge/host.ts";
import { createPageFetcher } from "../src/edge/pages.ts";
import { findWay } from "../src/edge/proxies.ts";
import { createRequestHandler } from "../src/edge/requests.ts";
import { createStsConnector } from "../src/edge/sts-client.ts";
import type { Environment, Host } from "../src/foundation/ports.ts";
import { startWorld } from "../test/fakes/world.ts";

interface Load {
  readonly runs: number;
  readonly atOnce: number;
  readonly admittedPerSecond: number;
}

interface LoadResult {
  readonly failedLogs: readonly string[];
  readonly seconds: number;
  /** How long the requests of all runs take if none waits for another reason. */
  readonly admissionSeconds: number;
  readonly requests: number;
  readonly throttled: number;
  /** Of each run, the fastest first. */
  readonly runSeconds: readonly number[];
}

/** AssumeRoleWithWebIdentity and GetCallerIdentity. */
const REQUESTS_PER_RUN = 2;

const nodeHost = createNodeHost();

/** The process as the host of one run of many: with its own folder, start time and log. */
function createHost(env: Environment, folder: string, log: string[]): Host {
  const { clock, files } = nodeHost;
  const startedMs = clock.elapsedMs();
  return {
    ...nodeHost,
    env,
    clock: { ...clock, elapsedMs: () => clock.elapsedMs() - startedMs },
    files: {
      remove: (path) => files.remove(join(folder, path)),
      readText: (path) => files.readText(join(folder, path)),
      writeWhole: (path, ...rest) => files.writeWhole(join(folder, path), ...rest),
    },
    out: (text) => log.push(text),
    err: (text) => log.push(text),
  };
}

/** One run, with its own connections, as a separate process would have. */
async function runOnce(env: Environment): Promise<{ readonly seconds: number; readonly failedLog?: string }> {
  const folder = mkdtempSync(join(tmpdir(), "aws-oidc-load-"));
  const log: string[] = [];
  const host = createHost(env, folder, log);
  const connections = createConnections(env);
  const requestHandler = createRequestHandler(connections);
  try {
    const connectSts = createStsConnector({ requestHandler, userAgentAppId: "load" });
    const exitCode = await runCli(["assume-role"], host, {
      connectSts: async (target) => connectSts(target),
      fetchPage: createPageFetcher(requestHandler, connections),
      findWay: (destination) => findWay(new URL(destination), env),
    });
    const seconds = host.clock.elapsedMs() / 1000;
    return exitCode === 0 ? { seconds } : { seconds, failedLog: log.join("") };
  } finally {
    requestHandler.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts as many runs as allowed at once, and another whenever one ends. */
async function measureLoad({ runs, atOnce, admittedPerSecond }: Load): Promise<LoadResult> {
  const world = await startWorld({ sts: { admitPerSecond: admittedPerSecond } });
  const ended: Awaited<ReturnType<typeof runOnce>>[] = [];
  let started = 0;
  const work = async (): Promise<void> => {
    while (started < runs) {
      started += 1;
      ended.push(await runOnce(world.environment()));
    }
  };
  const startedMs = performance.now();
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
    const { requests } = world.sts;
    return {
      failedLogs: ended.map(({ failedLog }) => failedLog).filter((log) => log !== undefined),
      seconds: (performance.now() - startedMs) / 1000,
      admissionSeconds: (runs * REQUESTS_PER_RUN) / admittedPerSecond,
      requests: requests.length,
      throttled: requests.filter(({ errorCode }) => errorCode === "Throttling").length,
      runSeconds: ended.map(({ seconds }) => seconds).sort((left, right) => left - right),
    };
  } finally {
    await world.close();
  }
}

function render(load: Load, result: LoadResult): string {
  const { runSeconds, seconds, admissionSeconds } = result;
  const quantile = (part: number): string =>
    `${(runSeconds[Math.floor(part * (runSeconds.length - 1))] ?? 0).toFixed(1)} s`;
  const rows = {
    runs: `${load.runs}, ${load.atOnce} at once, ${result.failedLogs.length} failed`,
    "all runs": `${seconds.toFixed(1)} s, ${(seconds / admissionSeconds).toFixed(2)} × the ${admissionSeconds.toFixed(1)} s of admission`,
    "one run": `median ${quantile(0.5)}, 95 % ${quantile(0.95)}, longest ${quantile(1)}`,
    requests: `${result.requests}, of which ${result.throttled} throttled (${load.admittedPerSecond} admitted per second)`,
  };
  return Object.entries(rows)
    .map(([name, value]) => `${name.padEnd(10)}${value}\n`)
    .join("");
}

const [runs = 500, atOnce = 50, admittedPerSecond = 40, times = 2] = process.argv.slice(2).map(Number);
const load = { runs, atOnce, admittedPerSecond };
const result = await measureLoad(load);
process.stdout.write(render(load, result));
const [failedLog] = result.failedLogs;
if (failedLog !== undefined) process.stderr.write(`\nThe first failed run:\n${failedLog}`);
process.exitCode = failedLog === undefined && result.seconds <= times * result.admissionSeconds ? 0 : 1;
