import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("refuses a slash and offers the nearest name", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_NAME: "acme/shop" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      session-name: "acme/shop"
        expected 2 to 64 letters, digits and _+=,.@-
        → Use "acme-shop", or leave the input out; a project path or branch name has slashes, which AWS
          refuses.
    "
  `);
});

it("names the variable that GitLab did not expand", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_NAME: "shop-$CI_PIPELINE_IID" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      session-name: "shop-$CI_PIPELINE_IID"
        expected 2 to 64 letters, digits and _+=,.@-
        → Define the CI/CD variable CI_PIPELINE_IID for this project and ref, or leave the input out.
    "
  `);
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
