import { afterEach, beforeEach, expect, it } from "vitest";
import { EXTERNAL_ID, ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

it("tells every option of the session that it does not know, before anything is sent", async () => {
  const env = {
    AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production,
    AWS_OIDC_SESSION_TAGS: "team=shop",
    AWS_OIDC_TRANSITIVE_TAG_KEYS: "team, region",
    AWS_OIDC_VERIFY: "yes",
    AWS_OIDC_ON_SHADOWED_VARIABLES: "ignore",
    AWS_OIDC_CONSOLE_LINK: "true",
    AWS_OIDC_VARIABLE_PREFIX: "PROD-",
  };
  const run = await runInWorld(world, { env });
  expectProblems(
    run,
    ["transitive-tag-keys", /^region keys of `session-tags`/],
    ["variable-prefix", /^"PROD-" .*PROD_/],
    ["verify", /^"yes" one of identity, none/],
    ["on-shadowed-variables", /^"ignore" one of fail, warn/],
    ["console-link", /^"true" one of shown, hidden/],
  );
});

it("sends a fact that the job does not have as an empty tag, which AWS takes", async () => {
  const env = {
    AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production,
    AWS_OIDC_EXTERNAL_ID: EXTERNAL_ID,
    AWS_OIDC_SESSION_TAGS: "environment",
  };
  expect((await runInWorld(world, { env })).exitCode).toBe(0);
  const assumeRole = world.sts.requests.find(({ action }) => action === "AssumeRole");
  expect(assumeRole?.parameters).toMatchObject({
    "Tags.member.1.Key": "environment",
    "Tags.member.1.Value": "",
  });
});
