import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("compares the token's end with the machine's clock", async () => {
  const issuedAt = new Date(Date.now() - 7_200_000);
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: world.mintToken({ issuedAt }) } });
  expectProblems(run, [
    "GITLAB_OIDC_TOKEN",
    /^the token expired at \d{4}-.* the machine's clock says \d{4}-.*`timeout`/,
  ]);
});

it("leaves a token that ended within the last five minutes to STS, whose clocks allow for that", async () => {
  const issuedAt = new Date(Date.now() - 3_660_000);
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: world.mintToken({ issuedAt }) } });
  expect(run.exitCode).toBe(0);
});
