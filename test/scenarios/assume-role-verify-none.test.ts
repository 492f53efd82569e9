import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("asks once and says that nobody verified the identity", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_VERIFY: "none" } });
  expect(run).toMatchObject({ exitCode: 0, actions: ["AssumeRoleWithWebIdentity"], stderr: "" });
  expect(run.report?.variables).toHaveProperty("AWS_SESSION_TOKEN");
  expect(run.stdout).toMatch(/^✔ arn:\S+\/deploy\/\S+ \(not verified\)$/m);
});
