import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const LOAD = join(import.meta.dirname, "../../bench/load.ts");

it("serves many jobs at once that share one throttling STS, each within its own budget", async () => {
  const [runs, atOnce, admittedPerSecond] = [80, 20, 20];
  // Admission takes 8 seconds, and each run has 60; how much longer all take is measured, but not by a test.
  const times = 6;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [LOAD, runs, atOnce, admittedPerSecond, times].map(String),
  );
  expect(stdout).toMatch(/^runs +80, 20 at once, 0 failed$/m);
  expect(Number(stdout.match(/of which (\d+) throttled/)?.[1])).toBeGreaterThan(0);
});
