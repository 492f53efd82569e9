import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { unwrapped } from "../harness/stable.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("notes that the token's issuer is not this instance, and leaves the decision to AWS", async () => {
  const run = await runInWorld(world, { env: { CI_SERVER_URL: "https://gitlab.internal" } });
  expect(run.exitCode).toBe(0);
  expect(unwrapped(run.stderr)).toMatch(
    /^! The token's issuer is https:\/\/gitlab.example.com, but this instance is https:\/\/gitlab.internal\. .*`ci_id_tokens_issuer_url`/,
  );
});
