import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("asks once and says that nobody verified the identity", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_VERIFY: "none" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 0; files: aws-oidc-31337.annotations.json, aws-oidc-31337.env; requests to STS: AssumeRoleWithWebIdentity
    --- stdout
    ✔ arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210 (not verified)
      account      123456789012
      until        <instant> (1 h)
      answered by  STS at http://127.0.0.1:<port>, in <seconds> s
      written      aws-oidc-31337.env with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
                   AWS_CREDENTIAL_EXPIRATION, AWS_ACCOUNT_ID, AWS_OIDC_REPORT_31337
      goes to      jobs that name this one in \`needs\`, and every job of a later stage without
                   \`dependencies: []\`
    "
  `);
});
