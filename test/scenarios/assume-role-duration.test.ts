import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const DIGITS = "Write the seconds as digits only, within the role's maximum session duration.";

it.each([
  ["0", "Use at least 900 seconds."],
  ["60", "Use at least 900 seconds."],
  ["99999", "Use at most 43200 seconds."],
  ["-1", DIGITS],
  ["3600s", DIGITS],
  ["15 minutes", DIGITS],
])("refuses %j and says the bounds", async (duration, fix) => {
  const run = await runInWorld(world, { env: { AWS_OIDC_DURATION_SECONDS: duration } });
  const bounds = "a whole number of seconds from 900 to 43200";
  expectProblems(run, ["duration-seconds", `${JSON.stringify(duration)} ${bounds} → ${fix}`]);
});

it("asks AWS for the duration that is given", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_DURATION_SECONDS: "900" } });
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatch(/until {8}.* \(15 min\)$/m);
  expect(world.sts.requests.at(-2)?.parameters).toMatchObject({ DurationSeconds: "900" });
});
