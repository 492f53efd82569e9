import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const argv = (...flags: readonly string[]) => ({ argv: ["assume-role", ...flags] });

it("puts flags before variables", async () => {
  const env = {
    AWS_OIDC_REGION: "eu-central-1",
    AWS_OIDC_SESSION_NAME: "variable",
    AWS_OIDC_VERIFY: "identity",
  };
  const flags = ["--region", "eu-west-1", "--session-name=flag", "--verify=none"];
  const run = await runInWorld(world, { ...argv(...flags), env });
  expect(run.exitCode).toBe(0);
  expect(run.report?.variables).toMatchObject({ AWS_REGION: "eu-west-1" });
  expect(world.sts.requests.at(-1)?.parameters).toMatchObject({ RoleSessionName: "flag" });
});

it("takes a value that looks like a flag only behind an equals sign", async () => {
  const run = await runInWorld(world, argv("--session-name=--odd--"));
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain("assumed-role/deploy/--odd--");
});

it("tells flags that it does not know, those that shape the job among them", async () => {
  const run = await runInWorld(world, argv("--role", "deploy", "--image=alpine"));
  expectProblems(
    run,
    ["--role", /^not an option of this command .*Did you mean --role-arn\?/],
    ["--image", "not an option of this command"],
  );
});

it("tells words that belong to no flag, and a misspelled dash", async () => {
  const run = await runInWorld(world, argv("deploy", "-region", "--Region"));
  expectProblems(
    run,
    ["deploy", "not an option of this command"],
    ["-region", "Did you mean --region?"],
    ["--Region", "Did you mean --region?"],
  );
});

it("misses a value at the end", async () => {
  const run = await runInWorld(world, argv("--region"));
  expectProblems(run, ["--region", "no value"]);
});

it("misses a value before the next flag", async () => {
  const run = await runInWorld(world, argv("--session-name", "--verify", "none"));
  expectProblems(run, ["--session-name", "no value"]);
});

it("refuses a flag that is given twice, and takes both values where it holds a list", async () => {
  const lists = ["--fallback-regions", "eu-west-1", "--fallback-regions=eu-north-1"];
  const run = await runInWorld(world, argv("--region", "eu-west-1", "--region=eu-north-1", ...lists));
  expectProblems(run, ["--region", "given 2 times"]);
  expect((await runInWorld(world, argv("--region", "eu-central-1", ...lists))).exitCode).toBe(0);
});

it("names the flag that a wrong value came from", async () => {
  const run = await runInWorld(world, argv("--duration-seconds=0", "--verify="));
  expectProblems(
    run,
    ["--duration-seconds", /^"0" .*from 900 to 43200/],
    ["--verify", /^"" one of identity, none/],
  );
});
