import { afterAll, beforeAll, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("tells the ARN of a user", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:user/ada" } });
  expectProblems(run, ["role-arn", "is the ARN of an IAM user"]);
});

it("tells the ARN of a session", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ROLE_ARN: "arn:aws:sts::123456789012:assumed-role/deploy/ada" },
  });
  expectProblems(run, ["role-arn", /is the ARN of a session, .*arn:aws:iam::123456789012:role\/deploy/]);
});

it("lists the partitions for a wrong one", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ROLE_ARN: "arn:aws-eu:iam::123456789012:role/deploy" },
  });
  expectProblems(run, [
    "role-arn",
    /^"aws-eu" is not an AWS partition .*aws, aws-cn, aws-eusc, .*aws-us-gov/,
  ]);
});

it("shows white space", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:role/deploy\n" },
  });
  expectProblems(run, ["role-arn", /role\/deploy\\n" contains white space/]);
});

it("misses the account id", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "arn:aws:iam:::role/deploy" } });
  expectProblems(run, ["role-arn", /^"arn:aws:iam:::role\/deploy" has no account id .*12 digits/]);
});

it("wants an ARN and not the name of the role", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "deploy" } });
  expectProblems(run, ["role-arn", /^"deploy" is not an ARN an IAM role ARN: arn:aws:iam::/]);
});
