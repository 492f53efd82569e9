import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("puts the prefix before every name in the report", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_VARIABLE_PREFIX: "PROD_", AWS_OIDC_REGION: "eu-central-1" },
  });
  expect(run.exitCode).toBe(0);
  expect(Object.keys(run.report?.variables ?? {})).toEqual([
    "PROD_AWS_ACCESS_KEY_ID",
    "PROD_AWS_SECRET_ACCESS_KEY",
    "PROD_AWS_SESSION_TOKEN",
    "PROD_AWS_CREDENTIAL_EXPIRATION",
    "PROD_AWS_ACCOUNT_ID",
    "PROD_AWS_REGION",
    "PROD_AWS_DEFAULT_REGION",
    "AWS_OIDC_REPORT_31337",
  ]);
});

it("refuses what no name of a variable starts with", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_VARIABLE_PREFIX: "prod-" } });
  expectProblems(run, ["variable-prefix", /^"prod-" .*PROD_/]);
});
