import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EXTERNAL_ID, ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";
import { CHAIN_DENIED } from "../harness/sts-errors.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const CHAIN = { AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production, AWS_OIDC_EXTERNAL_ID: EXTERNAL_ID };

it("ends with the credentials of the second role, in three requests over one connection", async () => {
  const run = await runInWorld(world, { env: CHAIN });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 0; files: aws-oidc-31337.annotations.json, aws-oidc-31337.env; requests to STS: AssumeRoleWithWebIdentity, AssumeRole, GetCallerIdentity
    --- stdout
    ✔ arn:aws:sts::210987654321:assumed-role/production/GitLabRunner-4711-90210
      account      210987654321
      by way of    arn:aws:iam::123456789012:role/deploy
      until        <instant> (1 h)
      answered by  STS at http://127.0.0.1:<port>, in <seconds> s
      written      aws-oidc-31337.env with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
                   AWS_CREDENTIAL_EXPIRATION, AWS_ACCOUNT_ID, AWS_OIDC_REPORT_31337
      goes to      jobs that name this one in \`needs\`, and every job of a later stage without
                   \`dependencies: []\`
    "
  `);
  expect(run.report?.variables.AWS_ACCOUNT_ID).toBe("210987654321");
  expect(world.sts.connections).toBe(1);
});

it("asks for the first session as short as AWS allows, and for the second as wanted", async () => {
  await runInWorld(world, { env: { ...CHAIN, AWS_OIDC_DURATION_SECONDS: "1800" } });
  const durations = world.sts.requests.map(({ parameters }) => parameters.DurationSeconds);
  expect(durations).toEqual(["900", "1800", undefined]);
});

it("passes session tags on: given ones, and facts of the job cleaned to what AWS takes", async () => {
  const env = {
    ...CHAIN,
    AWS_OIDC_SESSION_TAGS: "team=shop floor, project\nref",
    AWS_OIDC_TRANSITIVE_TAG_KEYS: "team",
    AWS_OIDC_SOURCE_IDENTITY: "release-bot",
    CI_COMMIT_REF_NAME: "feature/a&b",
  };
  const run = await runInWorld(world, { env });
  expect(run.exitCode).toBe(0);
  const assumeRole = world.sts.requests.find(({ action }) => action === "AssumeRole");
  expect(assumeRole?.parameters).toMatchObject({
    "Tags.member.1.Key": "team",
    "Tags.member.1.Value": "shop floor",
    "Tags.member.2.Key": "project",
    "Tags.member.2.Value": "acme/shop",
    "Tags.member.3.Key": "ref",
    "Tags.member.3.Value": "feature/a_b",
    "TransitiveTagKeys.member.1": "team",
    SourceIdentity: "release-bot",
  });
});

it("says which hop was refused", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production } });
  expect(run.exitCode).toBe(1);
  expect(run.files).toEqual([]);
  expect(run.stderr.split("\n  second role")[0] ?? "").toContain(
    "sts:AssumeRole on resource: arn:aws:iam::210987654321:role/production",
  );
});

describe("a second role made seconds ago", () => {
  const wait = { ...CHAIN, AWS_OIDC_PROPAGATION_WAIT_SECONDS: "5", AWS_OIDC_TIMEOUT_SECONDS: "5" };
  const deny = (times: number | "forever", message = CHAIN_DENIED) =>
    world.sts.misbehave({
      action: "AssumeRole",
      fault: { kind: "error", status: 403, code: "AccessDenied", message },
      times,
    });

  it("is waited for as the first one is", async () => {
    deny(2, `${CHAIN_DENIED} because no identity-based policy allows the sts:AssumeRole action`);
    const run = await runInWorld(world, { env: wait });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.actions.filter((action) => action === "AssumeRole")).toHaveLength(3);
  });

  it("is refused in the end, and told as a refusal, also when the wait is the whole budget", async () => {
    deny("forever");
    const run = await runInWorld(world, { env: wait });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^✖ AWS refused the second role: .* \(\d+ requests in \d+ s\)$/m);
    expect(run.stderr).toMatch(/^ +error +STS_REFUSED, chain-denied$/m);
    expect(run.actions.filter((action) => action === "AssumeRole").length).toBeGreaterThan(2);
  });

  it("is not waited for where a policy denies it by name", async () => {
    deny("forever", `${CHAIN_DENIED} with an explicit deny in a service control policy`);
    const run = await runInWorld(world, { env: wait });
    expect(run.actions).toEqual(["AssumeRoleWithWebIdentity", "AssumeRole"]);
    expect(run.stderr).not.toContain("propagation-wait-seconds");
  });
});

it("tells every problem of the chain before anything is sent", async () => {
  const env = {
    AWS_OIDC_CHAINED_ROLE_ARN: "arn:aws-cn:iam::210987654321:role/production",
    AWS_OIDC_DURATION_SECONDS: "7200",
    AWS_OIDC_EXTERNAL_ID: "not allowed!",
    AWS_OIDC_SESSION_TAGS: "team=shop,Team=other,nonsense",
    AWS_OIDC_TRANSITIVE_TAG_KEYS: "region",
    AWS_OIDC_SOURCE_IDENTITY: "a b",
  };
  expect(transcript(await runInWorld(world, { env }))).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 6 problems; nothing was sent to AWS.

      duration-seconds: "7200"
        expected a whole number of seconds from 900 to 3600
        → Ask for an hour at most: AWS limits sessions of role chaining (\`chained-role-arn\`) to that,
          whatever the role allows.

      chained-role-arn: arn:aws-cn:iam::210987654321:role/production, in the partition aws-cn
        expected a role in aws, the partition of arn:aws:iam::123456789012:role/deploy
        → Chain roles of one partition only: AWS assumes none across partitions.

      external-id: 12 characters, of which some are not allowed
        expected 2 to 1224 letters, digits and _+=,.@:/-
        → Use the external ID that the second role's trust policy names.

      session-tags: "nonsense"
        expected up to 50 tags key=value, keys of 1 to 128 and values of up to 256 letters, digits,
                 spaces and _.:/=+-@, no key twice
        → Write team=shop, or one of the words project, project-id, ref, pipeline, job, environment,
          user for that fact of the job.

      session-tags: the key "team" twice
        expected up to 50 tags key=value, keys of 1 to 128 and values of up to 256 letters, digits,
                 spaces and _.:/=+-@, no key twice
        → Write team=shop, or one of the words project, project-id, ref, pipeline, job, environment,
          user for that fact of the job.

      source-identity: "a b"
        expected 2 to 64 letters, digits and _+=,.@-
        → Use a name such as $GITLAB_USER_LOGIN or $CI_PROJECT_ID.
    "
  `);
});

it("refuses what only a second role can be told", async () => {
  const env = { AWS_OIDC_EXTERNAL_ID: EXTERNAL_ID, AWS_OIDC_SESSION_TAGS: "team=shop" };
  expect(transcript(await runInWorld(world, { env }))).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 2 problems; nothing was sent to AWS.

      external-id: a value, but no \`chained-role-arn\`
        expected a second role to send it with
        → Give \`chained-role-arn\`, or leave external-id out: AWS takes it for role chaining only.

      session-tags: a value, but no \`chained-role-arn\`
        expected a second role to send it with
        → Give \`chained-role-arn\`, or leave session-tags out: AWS takes it for role chaining only.
    "
  `);
});
