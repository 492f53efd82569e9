import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each([200, 403])(
  "takes a page with status %i for what it is, without a word of the page",
  async (status) => {
    world.sts.misbehave({ fault: { kind: "html", status } });
    const run = await runInWorld(world, { env: { AWS_MAX_ATTEMPTS: "1" } });
    expect(run).toMatchObject({ exitCode: 1, stdout: "", files: [], actions: ["AssumeRoleWithWebIdentity"] });
    expect(run.stderr).toMatch(/^✖ STS at http:\/\/127\.0\.0\.1:\d+: the answer is not from STS/);
    expect(run.stderr).not.toMatch(/sign in|<|DOCTYPE/i);
  },
);

it.each([
  { kind: "truncated-xml" },
  { kind: "reset-mid-body" },
  { kind: "empty" },
  { kind: "garbage" },
] as const)("prints nothing of an answer that breaks off, which may hold secrets: %j", async (fault) => {
  world.sts.misbehave({ fault });
  const run = await runInWorld(world, { env: { AWS_MAX_ATTEMPTS: "1" } });
  expect(run).toMatchObject({ exitCode: 1, stdout: "", files: [], actions: ["AssumeRoleWithWebIdentity"] });
});
