import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("refuses a token for two audiences and lists them", async () => {
  const run = await runInWorld(world, {
    env: { GITLAB_OIDC_TOKEN: world.mintToken({ aud: ["https://gitlab.example.com", "sts.amazonaws.com"] }) },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      claim "aud": 2 audiences: https://gitlab.example.com, sts.amazonaws.com
        expected one audience, since AWS refuses tokens with several
        → Give \`aud\` one value, not a list; declare a second token for a second audience.
    "
  `);
});
