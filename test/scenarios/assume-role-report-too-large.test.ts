import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ sts: { sessionTokenLength: 5000 } });
});
afterAll(() => world.close());

it("counts the bytes before writing, and names the variable that is too long", async () => {
  const run = await runInWorld(world);
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 1; files: none; requests to STS: AssumeRoleWithWebIdentity, GetCallerIdentity
    --- stderr
    ✖ the dotenv report would hold 6 variables in 5236 bytes; GitLab takes at most 20 variables in 5119 bytes

      REPORT_TOO_LARGE
      → Shorten the session policy and session tags (AWS_SESSION_TOKEN alone has 5000 bytes), or use the
        web-identity component, which needs no report.
    "
  `);
});
