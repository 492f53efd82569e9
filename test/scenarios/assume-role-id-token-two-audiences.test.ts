import { afterAll, beforeAll, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("refuses a token for two audiences and lists them", async () => {
  const run = await runInWorld(world, {
    env: { GITLAB_OIDC_TOKEN: world.mintToken({ aud: ["https://gitlab.example.com", "sts.amazonaws.com"] }) },
  });
  expectProblems(run, [
    'claim "aud"',
    /^2 audiences: https:\/\/gitlab.example.com, sts.amazonaws.com .*not a list/,
  ]);
});
