import { afterAll, beforeAll, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("says where `id_tokens` belongs when the variable is not set", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: undefined } });
  expectProblems(run, [
    "GITLAB_OIDC_TOKEN",
    /^the variable is not set .*id_tokens: GITLAB_OIDC_TOKEN: aud: \$CI_SERVER_URL/,
  ]);
});

it("says so too when the variable is empty", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: "" } });
  expectProblems(run, [
    "GITLAB_OIDC_TOKEN",
    /^the variable is empty .*id_tokens: GITLAB_OIDC_TOKEN: aud: \$CI_SERVER_URL/,
  ]);
});
