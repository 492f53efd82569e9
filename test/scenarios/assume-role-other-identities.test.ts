import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("warns of what makes tools use another identity or Region", async () => {
  const run = await runInWorld(world, {
    env: {
      AWS_PROFILE: "ops",
      AWS_SECURITY_TOKEN: "old",
      AWS_OIDC_REGION: "eu-central-1",
      AWS_REGION: "us-east-1",
      AWS_ACCOUNT_ID: "210987654321",
    },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 0; files: aws-oidc-31337.annotations.json, aws-oidc-31337.env; requests to STS: AssumeRoleWithWebIdentity, GetCallerIdentity
    --- stdout
    ✔ arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210
      account      123456789012
      until        <instant> (1 h)
      answered by  STS at http://127.0.0.1:<port>, in <seconds> s
      written      aws-oidc-31337.env with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
                   AWS_CREDENTIAL_EXPIRATION, AWS_ACCOUNT_ID, AWS_REGION, AWS_DEFAULT_REGION,
                   AWS_OIDC_REPORT_31337
      goes to      jobs that name this one in \`needs\`, and every job of a later stage without
                   \`dependencies: []\`
    --- stderr
    ! AWS_REGION is set to us-east-1 in this job; as a project or group variable it wins over the
      eu-central-1 of the report.
    ! AWS_ACCOUNT_ID is set to 210987654321 in this job; as a project or group variable it wins over the
      123456789012 of the report.
    ! AWS_PROFILE is set: some tools then use that profile and not the credentials of the report.
    ! AWS_SECURITY_TOKEN is set: boto3 and the AWS CLI version 1 use it in place of the report's
      AWS_SESSION_TOKEN.
    "
  `);
});
