import { afterEach, beforeEach, expect, it } from "vitest";
import { ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

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
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      allowed-account-ids: the role arn:aws:iam::123456789012:role/deploy, of account 123456789012
        expected a role of account 210987654321
        → Correct the role's ARN, or add its account if the credentials may belong to it.
    "
  `);
});

it("looks at the last role of a chain, whose credentials they are", async () => {
  const env = { AWS_OIDC_ALLOWED_ACCOUNT_IDS: "210987654321", AWS_OIDC_CHAINED_ROLE_ARN: ROLES.audit };
  expect((await runInWorld(world, { env })).exitCode).toBe(0);
  const other = await runInWorld(world, { env: { ...env, AWS_OIDC_ALLOWED_ACCOUNT_IDS: "123456789012" } });
  expect(other.exitCode).toBe(2);
});

it("says how account ids are written", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ALLOWED_ACCOUNT_IDS: "12345, 123456789012" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      allowed-account-ids: "12345"
        expected account ids of 12 digits, separated by commas
        → Write each id with all of its digits, in quotes, so that YAML does not take a leading zero
          away.
    "
  `);
});
