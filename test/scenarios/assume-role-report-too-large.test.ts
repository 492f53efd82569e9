import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { unwrapped } from "../harness/stable.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ sts: { sessionTokenLength: 5000 } });
});
afterAll(() => world.close());

it("counts the bytes before writing, and names the variable that is too long", async () => {
  const run = await runInWorld(world);
  expect(run).toMatchObject({ exitCode: 1, files: [] });
  const log = unwrapped(run.stderr);
  expect(log).toMatch(
    /^✖ the dotenv report would have 6 variables in \d+ bytes; GitLab accepts at most 20 variables in 5119 bytes/,
  );
  expect(log).toMatch(/ REPORT_TOO_LARGE .*AWS_SESSION_TOKEN alone has 5000 bytes.*web-identity/);
});
