import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("asks for the input when there is none", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: undefined } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: no value
        expected the ARN of the IAM role to assume: arn:aws:iam::<12 digits of the account>:role/<name>
        → Give the input \`role-arn\`, or the flag --role-arn.
    "
  `);
});

it("explains why a CI/CD variable may be empty", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: an empty value
        expected the ARN of the IAM role to assume: arn:aws:iam::<12 digits of the account>:role/<name>
        → If it comes from a CI/CD variable: a protected variable is empty on unprotected refs, and one
          scoped to an environment is empty in a job without that \`environment\`. Check both under
          Settings > CI/CD > Variables.
    "
  `);
});

it("names the variable that GitLab did not expand", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "$ROLE_ARN" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: "$ROLE_ARN", in which GitLab did not expand ROLE_ARN
        expected the ARN of the IAM role to assume: arn:aws:iam::<12 digits of the account>:role/<name>
        → Define the CI/CD variable ROLE_ARN for this project and ref; if it is defined, check that it
          is not protected, scoped or set to "expand: false".
    "
  `);
});

it("names it inside an ARN too", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ROLE_ARN: "arn:aws:iam::$ACCOUNT_ID:role/deploy" },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: "arn:aws:iam::$ACCOUNT_ID:role/deploy", in which GitLab did not expand ACCOUNT_ID
        expected the ARN of the IAM role to assume: arn:aws:iam::<12 digits of the account>:role/<name>
        → Define the CI/CD variable ACCOUNT_ID for this project and ref; if it is defined, check that it
          is not protected, scoped or set to "expand: false".
    "
  `);
});
