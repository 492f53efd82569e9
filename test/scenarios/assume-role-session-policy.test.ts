import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const POLICY = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
};

it("sends the policy without white space, which counts towards the limit", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_SESSION_POLICY: JSON.stringify(POLICY, undefined, 4) },
  });
  expect(run.exitCode).toBe(0);
  expect(world.sts.requests[0]?.parameters.Policy).toBe(JSON.stringify(POLICY));
});

it("sends the text that was written, not what a parser makes of it", async () => {
  const text = String.raw`{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "s3:Get\u002a",
    "Resource": "*", "Condition": { "NumericLessThan": { "aws:MultiFactorAuthAge": 12345678901234567890 } } } }`;
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_POLICY: text } });
  expect(run.exitCode).toBe(0);
  expect(world.sts.requests[0]?.parameters.Policy).toBe(text.replaceAll(/\s/g, ""));
});

it("refuses a policy with two conditions, of which a parser would drop the first", async () => {
  const statement = '{"Effect":"Allow","Action":"s3:*","Resource":"*"';
  const text = `{"Version":"2012-10-17","Statement":[${statement},
    "Condition":{"StringEquals":{"aws:PrincipalTag/team":"shop"}},
    "Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`;
  expect(
    transcript(await runInWorld(world, { env: { AWS_OIDC_SESSION_POLICY: text } })),
  ).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      session-policy: Statement[0].Condition given more than once
        expected every member of an object once, as IAM demands
        → Write the member once, with everything that is meant to hold.
    "
  `);
});

it("reads it from a file", async () => {
  const prepare = (folder: string) => writeFileSync(join(folder, "policy.json"), JSON.stringify(POLICY));
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_POLICY_FILE: "policy.json" }, prepare });
  expect(run.exitCode).toBe(0);
  expect(world.sts.requests[0]?.parameters.Policy).toBe(JSON.stringify(POLICY));
});

it("sends managed policies by ARN, and AWS managed ones by name", async () => {
  const own = "arn:aws:iam::123456789012:policy/ci/read";
  await runInWorld(world, { env: { AWS_OIDC_MANAGED_SESSION_POLICIES: `ReadOnlyAccess, ${own}` } });
  expect(world.sts.requests[0]?.parameters).toMatchObject({
    "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "PolicyArns.member.2.arn": own,
  });
});

it("narrows the last session of a chain, not the one that only leads there", async () => {
  const env = {
    AWS_OIDC_SESSION_POLICY: JSON.stringify(POLICY),
    AWS_OIDC_CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/audit",
  };
  const run = await runInWorld(world, { env });
  expect(run.exitCode).toBe(0);
  expect(world.sts.requests.map(({ parameters }) => parameters.Policy)).toEqual([
    undefined,
    JSON.stringify(POLICY),
    undefined,
  ]);
});

it("tells every problem before anything is sent", async () => {
  const env = {
    AWS_OIDC_SESSION_POLICY: '{"Version": 2012-10-17}',
    AWS_OIDC_MANAGED_SESSION_POLICIES: "arn:aws:iam::210987654321:policy/other, what is this?",
  };
  expect(transcript(await runInWorld(world, { env }))).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 3 problems; nothing was sent to AWS.

      session-policy: not JSON: Expected ',' or '}' after property value in JSON at position 16 (line 1 column 17)
        expected an IAM policy: {"Version":"2012-10-17","Statement":[…]}
        → Correct the JSON; in YAML a block scalar (session-policy: |) keeps quotes as they are.

      managed-session-policies: arn:aws:iam::210987654321:policy/other, which belongs to account 210987654321
        expected a policy of account 123456789012 in aws, as the role is, or an AWS managed one
        → Create the policy in the role's account, or give its rules as \`session-policy\`.

      managed-session-policies: "this?"
        expected the ARN of a managed policy, or the name of an AWS managed one
        → Copy the ARN from the policy's page in the IAM console, or write a name such as
          ReadOnlyAccess.
    "
  `);
});

it("counts characters and policies", async () => {
  const env = {
    AWS_OIDC_SESSION_POLICY: JSON.stringify({ ...POLICY, Id: "x".repeat(2048) }),
    AWS_OIDC_MANAGED_SESSION_POLICIES: Array.from({ length: 11 }, (_, index) => `Policy${index}`).join(),
  };
  expect(transcript(await runInWorld(world, { env }))).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 2 problems; nothing was sent to AWS.

      managed-session-policies: 11 policies
        expected at most 10
        → Merge some of them into one policy.

      session-policy: 2494 characters of session policies, white space removed
        expected at most 2048 together
        → Put the rules into a managed policy and name it in \`managed-session-policies\`.
    "
  `);
});

it("says what a file needs that cannot be read", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_POLICY_FILE: "policy.json" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      session-policy-file: "policy.json", which cannot be read (ENOENT)
        expected the path of a regular file of at most 64 KiB, with a policy in JSON
        → For a file of the repository set \`git-strategy: fetch\`, since the job fetches nothing without
          it; check the path, which starts at the project's root.
    "
  `);
});

it("takes one policy, not two", async () => {
  const env = { AWS_OIDC_SESSION_POLICY_FILE: "policy.json", AWS_OIDC_SESSION_POLICY: "{}" };
  expect(transcript(await runInWorld(world, { env }))).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      session-policy-file: a file, besides the policy in session-policy
        expected one or the other
        → Remove session-policy-file or session-policy.
    "
  `);
});

it("says so when the runner has expanded the policy variables of a File variable", async () => {
  const files = mkdtempSync(join(tmpdir(), "runner-files-"));
  const file = join(files, "SESSION_POLICY");
  const altered = {
    ...POLICY,
    Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::shop//*" }],
  };
  writeFileSync(file, JSON.stringify(altered));
  const env = { AWS_OIDC_SESSION_POLICY_FILE: file, RUNNER_TEMP_PROJECT_DIR: files };
  const run = await runInWorld(world, { env });
  rmSync(files, { recursive: true });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toContain(
    'session-policy-file: the policy has "arn:aws:s3:::shop//*". If a policy variable',
  );
});
