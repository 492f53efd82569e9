import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("compares the token's end with the machine's clock", async () => {
  const issuedAt = new Date(Date.now() - 7_200_000);
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: world.mintToken({ issuedAt }) } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      GITLAB_OIDC_TOKEN: the token expired at <instant>; the machine's clock says <instant>
        expected a token that is still valid; it lives as long as the job may run
        → Retry the job for a new token, or raise the job's \`timeout\`; correct the machine's clock if it
          is wrong.
    "
  `);
});

it("leaves a token that ended within the last five minutes to STS, whose clocks allow for that", async () => {
  const issuedAt = new Date(Date.now() - 3_660_000);
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: world.mintToken({ issuedAt }) } });
  expect(run.exitCode).toBe(0);
});
