import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("notes that the token's issuer is not this instance, and leaves the decision to AWS", async () => {
  const run = await runInWorld(world, { env: { CI_SERVER_URL: "https://gitlab.internal" } });
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
    ! The token's issuer is https://gitlab.example.com, while this instance is https://gitlab.internal.
      That is right only if the instance sets \`ci_id_tokens_issuer_url\`; the identity provider in AWS
      must have the issuer's URL.
    "
  `);
});
