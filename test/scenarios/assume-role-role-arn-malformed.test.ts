import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("tells the ARN of a user", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:user/ada" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: "arn:aws:iam::123456789012:user/ada" is the ARN of an IAM user
        expected an IAM role ARN: arn:aws:iam::<12 digits of the account>:role/<name>
        → Give the ARN of the IAM role itself.
    "
  `);
});

it("tells the ARN of a session", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ROLE_ARN: "arn:aws:sts::123456789012:assumed-role/deploy/ada" },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: "arn:aws:sts::123456789012:assumed-role/deploy/ada" is the ARN of a session, not of the role behind it
        expected an IAM role ARN: arn:aws:iam::<12 digits of the account>:role/<name>
        → Give the ARN of the role itself: arn:aws:iam::123456789012:role/deploy, with its path if it
          has one.
    "
  `);
});

it("lists the partitions for a wrong one", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ROLE_ARN: "arn:aws-eu:iam::123456789012:role/deploy" },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: "aws-eu" is not an AWS partition
        expected an IAM role ARN: arn:aws:iam::<12 digits of the account>:role/<name>
        → Use one of aws, aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-us-gov.
    "
  `);
});

it("shows white space", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:role/deploy\n" },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: "arn:aws:iam::123456789012:role/deploy\\n" holds white space
        expected an IAM role ARN: arn:aws:iam::<12 digits of the account>:role/<name>
        → Remove the spaces and line breaks around and in the ARN.
    "
  `);
});

it("misses the account id", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "arn:aws:iam:::role/deploy" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: "arn:aws:iam:::role/deploy" has no account id
        expected an IAM role ARN: arn:aws:iam::<12 digits of the account>:role/<name>
        → Write the account id with all of its 12 digits; if a CI/CD variable gives it, check that it is
          set in this job.
    "
  `);
});

it("wants an ARN and not the name of the role", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "deploy" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      role-arn: "deploy" is not an ARN
        expected an IAM role ARN: arn:aws:iam::<12 digits of the account>:role/<name>
        → Copy the ARN from the role's page in the IAM console.
    "
  `);
});
