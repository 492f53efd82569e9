import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("says where `id_tokens` belongs when the variable is not set", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: undefined } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      GITLAB_OIDC_TOKEN: the variable is not set
        expected the job's ID token
        → Declare the token in the job that runs this, then run the pipeline anew:
            id_tokens:
              GITLAB_OIDC_TOKEN:
                aud: $CI_SERVER_URL
    "
  `);
});

it("says so too when the variable is empty", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: "" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      GITLAB_OIDC_TOKEN: the variable is empty
        expected the job's ID token
        → Declare the token in the job that runs this, then run the pipeline anew:
            id_tokens:
              GITLAB_OIDC_TOKEN:
                aud: $CI_SERVER_URL
    "
  `);
});
