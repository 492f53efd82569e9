import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

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
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 2 problems; nothing was sent to AWS.

      --role: not an option of this command
        expected an option of assume-role
        → Did you mean --role-arn? Run \`node /…/aws-oidc.cjs assume-role
          --help\` for the list.

      --image: not an option of this command
        expected an option of assume-role
        → Run \`node /…/aws-oidc.cjs assume-role --help\` for the list.
    "
  `);
});

it("tells words that belong to no flag, and a misspelled dash", async () => {
  const run = await runInWorld(world, argv("deploy", "-region", "--Region"));
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 3 problems; nothing was sent to AWS.

      deploy: not an option of this command
        expected an option of assume-role
        → Run \`node /…/aws-oidc.cjs assume-role --help\` for the list.

      -region: not an option of this command
        expected an option of assume-role
        → Did you mean --region? Run \`node /…/aws-oidc.cjs assume-role --help\`
          for the list.

      --Region: not an option of this command
        expected an option of assume-role
        → Did you mean --region? Run \`node /…/aws-oidc.cjs assume-role --help\`
          for the list.
    "
  `);
});

it("misses a value at the end", async () => {
  const run = await runInWorld(world, argv("--region"));
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      --region: no value
        expected a value behind it
        → Run \`node /…/aws-oidc.cjs assume-role --help\` for the list.
    "
  `);
});

it("misses a value before the next flag", async () => {
  const run = await runInWorld(world, argv("--session-name", "--verify", "none"));
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      --session-name: no value
        expected a value behind it
        → Run \`node /…/aws-oidc.cjs assume-role --help\` for the list.
    "
  `);
});

it("refuses a flag that is given twice, and takes both values where it holds a list", async () => {
  const lists = ["--fallback-regions", "eu-west-1", "--fallback-regions=eu-north-1"];
  const run = await runInWorld(world, argv("--region", "eu-west-1", "--region=eu-north-1", ...lists));
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      --region: given 2 times
        expected once, since it takes one value
        → Leave out all of them but one.
    "
  `);
  expect((await runInWorld(world, argv("--region", "eu-central-1", ...lists))).exitCode).toBe(0);
});

it("names the flag that a wrong value came from", async () => {
  const run = await runInWorld(world, argv("--duration-seconds=0", "--verify="));
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 2 problems; nothing was sent to AWS.

      --duration-seconds: "0"
        expected a whole number of seconds from 900 to 43200
        → Give at least 900 seconds.

      --verify: ""
        expected one of identity, none
        → Set --verify to one of these words, in lower case.
    "
  `);
});
