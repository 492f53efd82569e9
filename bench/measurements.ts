import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorld, type World } from "../test/fakes/world.ts";
import { startDelayProxy } from "./delay-proxy.ts";
import { type Command, peakMemoryOfRun, type Timing, timeRun } from "./process-runs.ts";
import { mean, median, pairedRatio } from "./statistics.ts";
import type { Place, Subject, SubjectName } from "./subjects.ts";

/** A route to STS. */
export interface Route {
  readonly name: string;
  readonly tls: boolean;
  readonly roundTripMs: number;
}

export const ROUTES: readonly Route[] = [
  { name: "http", tls: false, roundTripMs: 0 },
  { name: "https", tls: true, roundTripMs: 0 },
  { name: "https, 20 ms away", tls: true, roundTripMs: 20 },
];

/** The results of one subject on one route. */
export interface Measurement {
  readonly subject: SubjectName;
  readonly runs: number;
  /** Median. */
  readonly wallMs: number;
  /** Median of the ratios to the floor's run of the same round. */
  readonly wallRatio: number;
  /** Median of the ratios of ours, as delivered, to this subject's run in the same round. */
  readonly deliveredRatio: number;
  /** Mean of the process and its children. */
  readonly cpuMs: number;
  /** Median of the largest process. */
  readonly peakBytes: number;
  readonly connections: number;
  readonly requests: number;
}

interface Runner {
  readonly subject: Subject;
  readonly command: Command;
  readonly timings: Timing[];
  readonly peaks: number[];
}

const REGION = "eu-central-1";

/**
 * Measures all subjects on a route, one run of each per round, so that a machine that slows down does so for all.
 *
 * Times and memory are measured in separate runs, since watching the memory takes time.
 */
export async function measure(
  subjects: readonly [Subject, ...Subject[]],
  route: Route,
  options: { readonly node: string; readonly runs: number },
): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const world = await startWorld(route.tls ? { tls: true } : {});
  const proxy = route.roundTripMs > 0 ? await startDelayProxy(world.sts.port, route.roundTripMs) : undefined;
  try {
    const stsUrl = proxy ? `https://127.0.0.1:${proxy.port}` : world.sts.url;
    const place = {
      node: options.node,
      stsUrl,
      region: REGION,
      job: world.environment(),
      authorityFile: world.authorityFile,
    };
    const runners = subjects.map((subject, index) =>
      createRunner(subject, place, join(folder, String(index))),
    );
    const traffic = await warmUp(runners, world);
    await runRounds(runners, options.runs);
    const wallsOf = (name: SubjectName) =>
      runners.find(({ subject }) => subject.name === name)?.timings.map(({ wallMs }) => wallMs) ?? [];
    const compared = { floor: wallsOf("floor"), delivered: wallsOf("ours, as delivered") };
    return runners.map((runner, index) => summarize(runner, compared, traffic[index]));
  } finally {
    await proxy?.close();
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function createRunner(subject: Subject, place: Omit<Place, "folder">, folder: string): Runner {
  mkdirSync(folder);
  return { subject, command: subject.command({ ...place, folder }), timings: [], peaks: [] };
}

type Traffic = Pick<Measurement, "connections" | "requests">;

/** Runs each subject once, unmeasured, and counts its requests to STS. */
async function warmUp(runners: readonly Runner[], { sts }: World): Promise<readonly Traffic[]> {
  const traffic: Traffic[] = [];
  for (const { command } of runners) {
    const before = { connections: sts.connections, requests: sts.requests.length };
    await timeRun(command);
    traffic.push({
      connections: sts.connections - before.connections,
      requests: sts.requests.length - before.requests,
    });
  }
  return traffic;
}

async function runRounds(runners: readonly Runner[], runs: number): Promise<void> {
  for (let round = 0; round < runs; round += 1) {
    for (const { command, timings } of rotated(runners, round)) timings.push(await timeRun(command));
  }
  for (let round = 0; round < Math.ceil(runs / 5); round += 1) {
    for (const { command, peaks } of rotated(runners, round)) peaks.push(await peakMemoryOfRun(command));
  }
}

/** Each round starts with a different subject, so that none always follows the same one. */
function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function summarize(
  { subject, timings, peaks }: Runner,
  { floor, delivered }: { readonly floor: readonly number[]; readonly delivered: readonly number[] },
  traffic: Traffic | undefined,
): Measurement {
  const walls = timings.map(({ wallMs }) => wallMs);
  return {
    subject: subject.name,
    runs: timings.length,
    wallMs: median(walls),
    wallRatio: pairedRatio(walls, floor),
    deliveredRatio: pairedRatio(delivered, walls),
    cpuMs: mean(timings.map(({ cpuMs }) => cpuMs)),
    peakBytes: median(peaks),
    connections: traffic?.connections ?? 0,
    requests: traffic?.requests ?? 0,
  };
}
