import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("offers the nearest names for an unknown Region", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_REGION: "eu-centrl-1" } });
  expectProblems(run, [
    "region",
    /^"eu-centrl-1" is not an AWS Region .*such as eu-central-1, eu-central-2,/,
  ]);
});

it("refuses a Region of a different partition from the role", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_REGION: "cn-north-1" } });
  expectProblems(run, ["region", /^cn-north-1 is in the partition aws-cn .*role in aws-cn/]);
});

it("names the variable that a wrong Region comes from", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_REGION: "", AWS_DEFAULT_REGION: "us-east-1a" } });
  expectProblems(run, ["AWS_DEFAULT_REGION", /^"us-east-1a" is not an AWS Region .*such as us-east-1,/]);
});

it("checks the fallback Regions alike", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_FALLBACK_REGIONS: "eu-west-1, us-gov-west-1, mars-1" },
  });
  expectProblems(
    run,
    ["fallback-regions", "us-gov-west-1 is in the partition aws-us-gov"],
    ["fallback-regions", '"mars-1" is not an AWS Region'],
  );
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
