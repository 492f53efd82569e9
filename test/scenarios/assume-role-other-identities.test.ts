import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { unwrapped } from "../harness/stable.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("warns of what makes tools use another identity or Region", async () => {
  const run = await runInWorld(world, {
    env: {
      AWS_PROFILE: "ops",
      AWS_SECURITY_TOKEN: "old",
      AWS_OIDC_REGION: "eu-central-1",
      AWS_REGION: "us-east-1",
      AWS_ACCOUNT_ID: "210987654321",
    },
  });
  expect(run.exitCode).toBe(0);
  const notes = run.stderr.split(/^(?=! )/m).map(unwrapped);
  expect(notes).toEqual([
    expect.stringMatching(
      /^! AWS_REGION is set to us-east-1 .* takes precedence over the report's eu-central-1/,
    ),
    expect.stringMatching(
      /^! AWS_ACCOUNT_ID is set to 210987654321 .* takes precedence over the report's 123456789012/,
    ),
    expect.stringMatching(/^! AWS_PROFILE is set: some tools then use that profile/),
    expect.stringMatching(/^! AWS_SECURITY_TOKEN is set: boto3 .* instead of the report's AWS_SESSION_TOKEN/),
  ]);
});
