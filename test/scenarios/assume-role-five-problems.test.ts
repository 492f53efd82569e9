import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("reports every problem of the configuration in one round", async () => {
  const env = {
    GITLAB_OIDC_TOKEN: undefined,
    AWS_OIDC_ROLE_ARN: "deploy",
    AWS_OIDC_SESSION_NAME: "acme/shop",
    AWS_OIDC_DURATION_SECONDS: "1h",
    AWS_OIDC_REGION: "eu-central",
  };
  const run = await runInWorld(world, { env });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 5 problems; nothing was sent to AWS.

      GITLAB_OIDC_TOKEN: the variable is not set
        expected the job's ID token
        → Declare the token in the job that runs this, then run a new pipeline:
            id_tokens:
              GITLAB_OIDC_TOKEN:
                aud: $CI_SERVER_URL

      role-arn: "deploy" is not an ARN
        expected an IAM role ARN: arn:aws:iam::<12 digits of the account>:role/<name>
        → Copy the ARN from the role's page in the IAM console.

      session-name: "acme/shop"
        expected 2 to 64 letters, digits and _+=,.@-
        → Use "acme-shop", or omit the input. Project paths and branch names have slashes, which AWS
          refuses.

      duration-seconds: "1h"
        expected a whole number of seconds from 900 to 43200
        → Write the seconds as digits only, within the role's maximum session duration.

      region: "eu-central" is not an AWS Region that this release knows
        expected a Region such as eu-central-1, eu-central-2, il-central-1
        → Correct the name. For a newer Region, use a newer release of the component.
    "
  `);
});

it("reports those of the flags in the same round", async () => {
  const argv = ["assume-role", "--role", "deploy", "--region"];
  const run = await runInWorld(world, { argv, env: { AWS_OIDC_DURATION_SECONDS: "1h" } });
  expectProblems(
    run,
    ["--role", "Did you mean --role-arn?"],
    ["--region", "no value"],
    ["duration-seconds", /^"1h" .*digits only/],
  );
});
