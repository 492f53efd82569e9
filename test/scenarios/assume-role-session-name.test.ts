import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("refuses a slash and offers the nearest name", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_NAME: "acme/shop" } });
  expectProblems(run, ["session-name", /^"acme\/shop" 2 to 64 .*"acme-shop"/]);
});

it("names the variable that GitLab did not expand", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_NAME: "shop-$CI_PIPELINE_IID" } });
  expectProblems(run, ["session-name", "the CI/CD variable CI_PIPELINE_IID"]);
});

it.each([
  ["that is given", "shop@2026", "shop@2026"],
  ["of project and pipeline when the input is empty", "", "GitLabRunner-4711-90210"],
  ["of project and pipeline when the default was not expanded", undefined, "GitLabRunner-4711-90210"],
])("sends the name %s", async (_, given, sent) => {
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_NAME: given } });
  expect(run.exitCode).toBe(0);
  expect(world.sts.requests.at(-2)?.parameters).toMatchObject({ RoleSessionName: sent });
});
