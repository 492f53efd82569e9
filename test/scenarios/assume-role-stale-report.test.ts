import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("replaces the report of an earlier run", async () => {
  const run = await runInWorld(world);
  expect(run.exitCode).toBe(0);
  expect(run.report?.text).not.toContain("STALE");
  expect(run.report?.mode).toBe("600");
});

it.each([
  ["a wrong flag", { argv: ["assume-role", "--nonsense"] }],
  ["a problem of the configuration", { env: { AWS_OIDC_ROLE_ARN: "" } }],
  ["a shadowed variable", { env: { AWS_SESSION_TOKEN: "of the project" } }],
  [
    "an STS that cannot be reached",
    { env: { AWS_OIDC_STS_ENDPOINT: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" } },
  ],
  ["a certificate bundle that is not there", { env: { AWS_CA_BUNDLE: "nowhere.pem" } }],
])("removes it when the run ends with %s", async (_, options) => {
  const run = await runInWorld(world, options);
  expect(run.exitCode).toBeGreaterThan(0);
  expect(run.files).toEqual([]);
});
