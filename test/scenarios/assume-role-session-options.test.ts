import { afterEach, beforeEach, expect, it } from "vitest";
import { EXTERNAL_ID, ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

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
  expect(transcript(await runInWorld(world, { env }))).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 5 problems; nothing was sent to AWS.

      transitive-tag-keys: region
        expected keys of \`session-tags\`
        → Add the tags to \`session-tags\`, or remove these keys.

      variable-prefix: "PROD-"
        expected the start of a variable name: letters, digits and _, not a digit first
        → Use a prefix such as PROD_.

      verify: "yes"
        expected one of identity, none
        → Set verify to one of these words, in lower case.

      on-shadowed-variables: "ignore"
        expected one of fail, warn
        → Set on-shadowed-variables to one of these words, in lower case.

      console-link: "true"
        expected one of shown, hidden
        → Set console-link to one of these words, in lower case.
    "
  `);
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
