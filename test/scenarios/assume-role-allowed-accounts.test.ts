import { afterEach, beforeEach, expect, it } from "vitest";
import { ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

it("admits the account of the role", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ALLOWED_ACCOUNT_IDS: "210987654321, 123456789012" },
  });
  expect(run.exitCode).toBe(0);
});

it("refuses a role of another account before AWS is asked", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ALLOWED_ACCOUNT_IDS: "210987654321" } });
  expectProblems(run, ["allowed-account-ids", /in account 123456789012 a role in account 210987654321/]);
});

it("looks at the last role of a chain, whose credentials they are", async () => {
  const env = { AWS_OIDC_ALLOWED_ACCOUNT_IDS: "210987654321", AWS_OIDC_CHAINED_ROLE_ARN: ROLES.audit };
  expect((await runInWorld(world, { env })).exitCode).toBe(0);
  const other = await runInWorld(world, { env: { ...env, AWS_OIDC_ALLOWED_ACCOUNT_IDS: "123456789012" } });
  expect(other.exitCode).toBe(2);
});

it("says how account ids are written", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ALLOWED_ACCOUNT_IDS: "12345, 123456789012" } });
  expectProblems(run, ["allowed-account-ids", /^"12345" account ids of 12 digits.* in quotes/]);
});
