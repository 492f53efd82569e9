import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replaceBlock } from "../../build/generated-blocks.ts";
import { startWorld, type World } from "../fakes/world.ts";
import { IPV6_LOOPBACK } from "../harness/loopback.ts";
import type { ScriptRun } from "../harness/run-script.ts";
import { unwrapped } from "../harness/stable.ts";
import { FAULT_GROUPS } from "./cases/index.ts";
import { IPV6_CASES } from "./cases/ipv6.ts";
import type { Count, FaultCase } from "./fault-case.ts";
import { renderFaultTables } from "./fault-table.ts";
import { type Outcome, runCase } from "./run-case.ts";

/** What a busy machine may take beyond a run's budget: less than a request that the budget does not end, which takes 10 s. */
const GRACE_MS = 5000;

const PAGE = join(import.meta.dirname, "../../docs/faults.md");

let world: World;
beforeAll(async () => {
  world = await startWorld({ tls: true });
});
afterAll(() => world.close());

const firstLines = new Map<string, string>();

function logOf({ stdout, stderr }: ScriptRun): string {
  return stdout + stderr;
}

/** The verdict: the first line except for what was said on the way. */
function firstLineOf(run: ScriptRun): string {
  return logOf(run).match(/^[✔✖].*/m)?.[0] ?? "";
}

/** As a shell has it, for which a signal that ends a process is a code too. */
function exitCodeOf({ exitCode, signal }: ScriptRun): number {
  return exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function expectCount(count: number, expected: Count | undefined, what: string): void {
  if (expected === undefined) return;
  const [min, max] = typeof expected === "number" ? [expected, expected] : expected;
  expect(count, what).toBeGreaterThanOrEqual(min);
  expect(count, what).toBeLessThanOrEqual(max);
}

function expectOutcome({ run, requests, connections, tunnels }: Outcome, expected: FaultCase): void {
  const log = logOf(run);
  expect(exitCodeOf(run), log).toBe(expected.exitCode);
  expect(run.elapsedMs, log).toBeLessThan((expected.boundSeconds ?? expected.seconds) * 1000 + GRACE_MS);
  expect(firstLineOf(run), log).toMatch(expected.firstLine);
  expect(unwrapped(log)).toMatch(expected.log ?? "");
  expectCount(requests, expected.requests, `requests\n${log}`);
  expectCount(connections, expected.connections, `connections\n${log}`);
  expectCount(tunnels, expected.tunnels, `tunnels\n${log}`);
  expect(run.files.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  if (expected.exitCode === 0) expect(run.report?.variables, log).toHaveProperty("AWS_SESSION_TOKEN");
  else expect(run.files, log).toEqual(expected.leftovers ?? []);
}

async function meet(faultCase: FaultCase): Promise<void> {
  const outcome = await runCase(faultCase, world);
  expectOutcome(outcome, faultCase);
  firstLines.set(faultCase.fault, firstLineOf(outcome.run));
}

describe.concurrent.each(FAULT_GROUPS)("$title", ({ cases }) => {
  it.each(cases)("$fault", meet);
});

describe.concurrent.each(IPV6_LOOPBACK)("IPv6, by %s", () => {
  it.each(IPV6_CASES)("works with $fault", meet);
});

/** Rewritten by `npx vitest run test/faults/faults.test.ts --update`. */
it("is told in docs/faults.md as it was seen", async () => {
  const page = readFileSync(PAGE, "utf8");
  const rowInPage = (fault: string): string => {
    const row = page.split("\n").find((line) => line.startsWith(`| ${fault} | `));
    return row === undefined ? `| ${fault} | not seen | | | |\n` : `${row}\n`;
  };
  const tables = renderFaultTables(FAULT_GROUPS, firstLines, rowInPage);
  await expect(replaceBlock(page, "faults", tables)).toMatchFileSnapshot(PAGE);
});
