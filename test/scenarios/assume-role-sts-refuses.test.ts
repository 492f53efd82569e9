import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("asks once and leaves no report", async () => {
  const env = world.environment({ ref: "feature" });
  const run = await runInWorld(world, { env });
  expect(run.actions).toEqual(["AssumeRoleWithWebIdentity"]);
  expect(run.files).toEqual([]);
  expect(run.stdout).toBe("");
  expect(run.stderr).toContain("AccessDenied");
  expect(run.exitCode).toBe(1);
});

it("leaves no report either when the new credentials are refused", async () => {
  const message = "The security token included in the request is invalid.";
  world.sts.misbehave({
    fault: { kind: "error", status: 403, code: "InvalidClientTokenId", message },
    action: "GetCallerIdentity",
  });
  const run = await runInWorld(world);
  expect(run.actions).toEqual(["AssumeRoleWithWebIdentity", "GetCallerIdentity"]);
  expect(run.files).toEqual([]);
  expect(run.stderr).toContain("InvalidClientTokenId");
  expect(run.exitCode).toBe(1);
});
