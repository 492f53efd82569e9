import { afterAll, beforeAll, expect, it } from "vitest";
import { type DoctorWorld, printed, startDoctorWorld } from "./doctor-world.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await startDoctorWorld();
});
afterAll(() => world.close());

it("looks at everything that needs no token", async () => {
  const run = await world.run({ ...world.environment(), GITLAB_OIDC_TOKEN: undefined });
  expect(printed(run)).toMatchInlineSnapshot(`
    "exit code 1
    ✖ ID token       GITLAB_OIDC_TOKEN: the variable is not set
    ! Issuer         https://127.0.0.1:<port> answers in <seconds> s (certificate of localhost by Stand-in Root CA, until <instant>)
                     127.0.0.1 is a private address, at which AWS cannot reach it
                     AWS must reach both documents from the Internet too. An instance that it cannot
                     reach can publish copies elsewhere: set \`ci_id_tokens_issuer_url\` to their public
                     URL (GitLab 18.1), and make the identity provider for that URL.
    ✔ Role ARN       deploy in account 123456789012 (aws)
    ✔ Configuration  every input is valid
    – Variables      not looked at, since something above is missing
    ✔ STS endpoint   STS at http://127.0.0.1:<port> answers in <seconds> s
    – Exchange       not tried, since something above is missing
    – Trust policy   none was given; \`aws iam get-role --role-name <role> --output json > policy.json\` fetches it for \`trust-policy-file\`

    ✖ GITLAB_OIDC_TOKEN: the variable is not set

      expected the job's ID token
      → Declare the token in the job that runs this, then run the pipeline anew:
          id_tokens:
            GITLAB_OIDC_TOKEN:
              aud: $CI_SERVER_URL
    "
  `);
  expect(world.sts.requests).toEqual([]);
});

it("lists every wrong input in the place where it belongs", async () => {
  const run = await world.run({
    ...world.environment(),
    AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:user/ada",
    AWS_OIDC_DURATION_SECONDS: "3600s",
    AWS_OIDC_SESSION_NAME: "acme/shop",
    AWS_OIDC_STS_ENDPOINT: "sts.eu-central-1.amazonaws.com",
  });
  expect(run.exitCode).toBe(1);
  expect(
    printed(run)
      .split("\n")
      .filter((line) => /^[✔✖!?–]/.test(line)),
  ).toMatchInlineSnapshot(`
    [
      "✔ ID token       acme/shop, branch main; valid for 1 h, until <instant>",
      "! Issuer         https://127.0.0.1:<port> answers in <seconds> s (certificate of localhost by Stand-in Root CA, until <instant>)",
      "✖ Role ARN       role-arn: "arn:aws:iam::123456789012:user/ada" is the ARN of an IAM user",
      "✖ Configuration  2 inputs are wrong: session-name, duration-seconds",
      "– Variables      not looked at, since something above is missing",
      "✖ STS endpoint   sts-endpoint: "sts.eu-central-1.amazonaws.com" is not a URL",
      "– Exchange       not tried, since something above is missing",
      "– Trust policy   none was given; \`aws iam get-role --role-name <role> --output json > policy.json\` fetches it for \`trust-policy-file\`",
      "✖ role-arn: "arn:aws:iam::123456789012:user/ada" is the ARN of an IAM user",
      "✖ 2 inputs are wrong: session-name, duration-seconds",
      "✖ sts-endpoint: "sts.eu-central-1.amazonaws.com" is not a URL",
    ]
  `);
});
