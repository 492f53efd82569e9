import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

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
    ✖ AWS_ACCESS_KEY_ID is already set in this job; CI/CD variables of the project, group or instance win over the report, so that later jobs would use it instead

      CREDENTIALS_SHADOWED
      → Remove AWS_ACCESS_KEY_ID from Settings > CI/CD > Variables of the project and of its groups, the
        instance's variables, and those that the pipeline was started with. Or write other names with
        the input \`variable-prefix\`.
        What the runner or \`variables:\` in .gitlab-ci.yml set does not win over the report: for that,
        use \`on-shadowed-variables: warn\`.
    "
  `);
});

it("stops for an empty one as well, which wins over the report too", async () => {
  const run = await runInWorld(world, { env: { AWS_SESSION_TOKEN: "" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ AWS_SESSION_TOKEN (empty) is already set in this job; CI/CD variables of the project, group or instance win over the report, so that later jobs would use it instead

      CREDENTIALS_SHADOWED
      → Remove AWS_SESSION_TOKEN from Settings > CI/CD > Variables of the project and of its groups, the
        instance's variables, and those that the pipeline was started with. Or write other names with
        the input \`variable-prefix\`.
        What the runner or \`variables:\` in .gitlab-ci.yml set does not win over the report: for that,
        use \`on-shadowed-variables: warn\`.
    "
  `);
});

it("names all of them", async () => {
  const run = await runInWorld(world, {
    env: { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEOFPROJECT", AWS_SECRET_ACCESS_KEY: "key-of-the-project" },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY are already set in this job; CI/CD variables of the project, group or instance win over the report, so that later jobs would use them instead

      CREDENTIALS_SHADOWED
      → Remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY from Settings > CI/CD > Variables of the project
        and of its groups, the instance's variables, and those that the pipeline was started with. Or
        write other names with the input \`variable-prefix\`.
        What the runner or \`variables:\` in .gitlab-ci.yml set does not win over the report: for that,
        use \`on-shadowed-variables: warn\`.
    "
  `);
});

it("is told together with what else is wrong", async () => {
  const run = await runInWorld(world, {
    env: { AWS_ACCESS_KEY_ID: "AKIAEXAMPLEOFPROJECT", AWS_OIDC_DURATION_SECONDS: "60" },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 2 problems; nothing was sent to AWS.

      duration-seconds: "60"
        expected a whole number of seconds from 900 to 43200
        → Give at least 900 seconds.

      AWS_ACCESS_KEY_ID: already set in this job
        expected no CI/CD variable of a name that the report has, since it would win over the report
        → Remove AWS_ACCESS_KEY_ID from Settings > CI/CD > Variables of the project and of its groups,
          the instance's variables, and those that the pipeline was started with. Or write other names
          with the input \`variable-prefix\`.
          What the runner or \`variables:\` in .gitlab-ci.yml set does not win over the report: for that,
          use \`on-shadowed-variables: warn\`.
    "
  `);
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
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 0; files: aws-oidc-31337.annotations.json, aws-oidc-31337.env; requests to STS: AssumeRoleWithWebIdentity, GetCallerIdentity
    --- stdout
    ✔ arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210
      account      123456789012
      until        <instant> (1 h)
      answered by  STS at http://127.0.0.1:<port>, in <seconds> s
      written      aws-oidc-31337.env with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
                   AWS_CREDENTIAL_EXPIRATION, AWS_ACCOUNT_ID, AWS_OIDC_REPORT_31337
      goes to      jobs that name this one in \`needs\`, and every job of a later stage without
                   \`dependencies: []\`
    --- stderr
    ! AWS_ACCESS_KEY_ID is already set in this job; CI/CD variables of the project, group or instance
      win over the report, so that later jobs would use it instead
      Look in Settings > CI/CD > Variables of the project and of its groups, the instance's variables,
      and those that the pipeline was started with.
    "
  `);
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
