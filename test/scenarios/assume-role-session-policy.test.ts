import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

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
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_POLICY: text } });
  expectProblems(run, ["session-policy", "Statement[0].Condition given more than once"]);
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
  const run = await runInWorld(world, { env });
  expectProblems(
    run,
    ["session-policy", /^not JSON: .*position 16/],
    [
      "managed-session-policies",
      /belongs to account 210987654321 a policy in the role's account, 123456789012/,
    ],
    ["managed-session-policies", /^"this\?" the ARN of a managed policy/],
  );
});

it("counts characters and policies", async () => {
  const env = {
    AWS_OIDC_SESSION_POLICY: JSON.stringify({ ...POLICY, Id: "x".repeat(2048) }),
    AWS_OIDC_MANAGED_SESSION_POLICIES: Array.from({ length: 11 }, (_, index) => `Policy${index}`).join(),
  };
  const run = await runInWorld(world, { env });
  expectProblems(
    run,
    ["managed-session-policies", /^11 policies at most 10/],
    ["session-policy", /^2494 characters .* at most 2048/],
  );
});

it("says what a file needs that cannot be read", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_SESSION_POLICY_FILE: "policy.json" } });
  expectProblems(run, [
    "session-policy-file",
    /^"policy.json", which cannot be read \(ENOENT\) .*`git-strategy: fetch`/,
  ]);
});

it("takes one policy, not two", async () => {
  const env = { AWS_OIDC_SESSION_POLICY_FILE: "policy.json", AWS_OIDC_SESSION_POLICY: "{}" };
  const run = await runInWorld(world, { env });
  expectProblems(run, ["session-policy-file", "in addition to the policy in session-policy"]);
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
    'session-policy-file: the policy has "arn:aws:s3:::shop//*". If there was a policy variable',
  );
});
