import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("stops when a credential variable is set already, and says why that matters", async () => {
  const run = await runInWorld(world, { env: { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEOFPROJECT" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ AWS_ACCESS_KEY_ID is already set in this job; CI/CD variables of the project, group or instance take precedence over the report, so later jobs would use it instead

      CREDENTIALS_SHADOWED
      → Remove AWS_ACCESS_KEY_ID from Settings > CI/CD > Variables of the project and of its groups, the
        instance's variables, and those given when the pipeline was started. Or use other names with the
        input \`variable-prefix\`.
        Variables set by the runner or by \`variables:\` in .gitlab-ci.yml do not take precedence: for
        those, use \`on-shadowed-variables: warn\`.
    "
  `);
});

it("stops for an empty one as well, which wins over the report too", async () => {
  const run = await runInWorld(world, { env: { AWS_SESSION_TOKEN: "" } });
  expect(run).toMatchObject({ exitCode: 2, files: [], actions: [] });
  expect(run.stderr).toMatch(/^✖ AWS_SESSION_TOKEN \(empty\) is already set in this job/);
});

it("names all of them", async () => {
  const run = await runInWorld(world, {
    env: { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEOFPROJECT", AWS_SECRET_ACCESS_KEY: "key-of-the-project" },
  });
  expect(run).toMatchObject({ exitCode: 2, files: [], actions: [] });
  expect(run.stderr).toMatch(/^✖ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY are already set in this job/);
  expect(run.stderr).not.toContain("key-of-the-project");
});

it("is told together with what else is wrong", async () => {
  const run = await runInWorld(world, {
    env: { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEOFPROJECT", AWS_OIDC_DURATION_SECONDS: "60" },
  });
  expectProblems(
    run,
    ["duration-seconds", "at least 900 seconds"],
    [
      "AWS_ACCESS_KEY_ID",
      /^already set in this job .*Settings > CI\/CD > Variables.*`on-shadowed-variables: warn`/,
    ],
  );
});

it("is not told of names that depend on an input with a problem", async () => {
  const run = await runInWorld(world, {
    env: { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEOFPROJECT", AWS_OIDC_VARIABLE_PREFIX: "pro-d" },
  });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain("one problem");
  expect(run.stderr).not.toContain("already set");
});

it("goes on with a warning where that is wanted", async () => {
  const run = await runInWorld(world, {
    env: { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEOFPROJECT", AWS_OIDC_ON_SHADOWED_VARIABLES: "warn" },
  });
  expect(run).toMatchObject({ exitCode: 0, actions: ["AssumeRoleWithWebIdentity", "GetCallerIdentity"] });
  expect(run.report?.variables).toHaveProperty("AWS_SESSION_TOKEN");
  expect(run.stderr).toMatch(/^! AWS_ACCESS_KEY_ID is already set in this job/);
});

it("looks at the names that it writes, so that a prefix helps", async () => {
  const shadowed = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEOFPROJECT" };
  const run = await runInWorld(world, { env: { ...shadowed, AWS_OIDC_VARIABLE_PREFIX: "PROD_" } });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toBe("");
});

it("stops for a name with the prefix", async () => {
  const run = await runInWorld(world, {
    env: { PROD_AWS_SESSION_TOKEN: "x", AWS_OIDC_VARIABLE_PREFIX: "PROD_" },
  });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain("PROD_AWS_SESSION_TOKEN is already set");
});
