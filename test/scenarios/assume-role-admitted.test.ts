import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runScript, type ScriptRun } from "../harness/run-script.ts";
import { stable } from "../harness/stable.ts";

let world: World;
let run: ScriptRun;
beforeAll(async () => {
  world = await startWorld();
  const env: Record<string, string> = { ...world.environment(), AWS_OIDC_REGION: "eu-central-1" };
  run = await runScript({ env, secrets: () => [env.GITLAB_OIDC_TOKEN ?? "", ...world.sts.secretsIssued()] });
});
afterAll(() => world.close());

it("succeeds, and says on one screen who we are, until when and who gets it", () => {
  expect(stable(run.stdout)).toMatchInlineSnapshot(`
    "✔ arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210
      account      123456789012
      until        <instant> (1 h)
      answered by  STS at http://127.0.0.1:<port>, in <seconds> s
      written      aws-oidc-31337.env with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
                   AWS_CREDENTIAL_EXPIRATION, AWS_ACCOUNT_ID, AWS_REGION, AWS_DEFAULT_REGION,
                   AWS_OIDC_REPORT_31337
      goes to      jobs that name this one in \`needs\`, and every job in a later stage without
                   \`dependencies: []\`
    "
  `);
  expect(run.stderr).toBe("");
  expect(run.exitCode).toBe(0);
});

it("writes the report whole, for the job's user only", () => {
  expect(run.files).toEqual(["aws-oidc-31337.annotations.json", "aws-oidc-31337.env"]);
  expect(run.report?.mode).toBe("600");
  expect(Object.keys(run.report?.variables ?? {})).toEqual([
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_OIDC_REPORT_31337",
  ]);
});

it("asks STS twice over one connection: unsigned for the role, signed for the identity", () => {
  const requests = world.sts.requests.map(({ action, authorized, connectionId }) => ({
    action,
    authorized,
    connectionId,
  }));
  expect(requests).toEqual([
    { action: "AssumeRoleWithWebIdentity", authorized: undefined, connectionId: 1 },
    { action: "GetCallerIdentity", authorized: true, connectionId: 1 },
  ]);
});
