import fc from "fast-check";
import { expect, it } from "vitest";
import { expectHarmless, hostileRun } from "./hostile-run.ts";

/** Few enough for every test run; `AWS_OIDC_FUZZ_RUNS` asks for more. */
const RUNS = Number(process.env.AWS_OIDC_FUZZ_RUNS ?? 300);

/** Another one each time, unless `AWS_OIDC_FUZZ_SEED` asks for one that was printed. */
const SEED = Number(process.env.AWS_OIDC_FUZZ_SEED ?? Date.now() % 2 ** 31);

/** For each run, on a slow machine. */
const PATIENCE_MS = 100;

it(
  "prints no secret, no stack trace and nothing that a terminal obeys, and leaves no report after a failure",
  async () => {
    expect(RUNS).toBeGreaterThan(0);
    console.log(`${RUNS} runs, AWS_OIDC_FUZZ_SEED=${SEED}`);
    await fc.assert(fc.asyncProperty(hostileRun, expectHarmless), { numRuns: RUNS, seed: SEED });
  },
  60_000 + RUNS * PATIENCE_MS,
);
