import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("offers the nearest names for an unknown Region", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_REGION: "eu-centrl-1" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      region: "eu-centrl-1" is not an AWS Region that this release knows
        expected a Region such as eu-central-1, eu-central-2, il-central-1
        → Correct the name; for a Region that AWS opened since, use a newer release of the component.
    "
  `);
});

it("refuses a Region of another partition than the role", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_REGION: "cn-north-1" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      region: cn-north-1 lies in the partition aws-cn
        expected a Region of aws, the partition of arn:aws:iam::123456789012:role/deploy
        → Use a Region such as us-east-1, or the ARN of a role in aws-cn: roles cannot be assumed across
          partitions.
    "
  `);
});

it("names the variable that a wrong Region comes from", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_REGION: "", AWS_DEFAULT_REGION: "us-east-1a" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      AWS_DEFAULT_REGION: "us-east-1a" is not an AWS Region that this release knows
        expected a Region such as us-east-1, us-east-2, ap-east-1
        → Correct the name; for a Region that AWS opened since, use a newer release of the component.
    "
  `);
});

it("checks the fallback Regions alike", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_FALLBACK_REGIONS: "eu-west-1, us-gov-west-1, mars-1" },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 2 problems; nothing was sent to AWS.

      fallback-regions: us-gov-west-1 lies in the partition aws-us-gov
        expected a Region of aws, the partition of arn:aws:iam::123456789012:role/deploy
        → Use a Region such as us-east-1, or the ARN of a role in aws-us-gov: roles cannot be assumed
          across partitions.

      fallback-regions: "mars-1" is not an AWS Region that this release knows
        expected a Region such as me-west-1, us-east-1, us-west-1
        → Correct the name; for a Region that AWS opened since, use a newer release of the component.
    "
  `);
});

it("writes no Region when nobody named one", async () => {
  const run = await runInWorld(world);
  expect(run.exitCode).toBe(0);
  expect(Object.keys(run.report?.variables ?? {})).not.toContain("AWS_REGION");
});

it("exports the Region of the job's own variable", async () => {
  const run = await runInWorld(world, { env: { AWS_DEFAULT_REGION: "eu-north-1" } });
  expect(run.report?.variables).toMatchObject({ AWS_REGION: "eu-north-1", AWS_DEFAULT_REGION: "eu-north-1" });
});
