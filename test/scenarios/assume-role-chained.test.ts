import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EXTERNAL_ID, ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { CHAIN_DENIED } from "../harness/sts-errors.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const CHAIN = { AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production, AWS_OIDC_EXTERNAL_ID: EXTERNAL_ID };

it("ends with the credentials of the second role, in three requests over one connection", async () => {
  const run = await runInWorld(world, { env: CHAIN });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  expect(run.files).toEqual(["aws-oidc-31337.annotations.json", "aws-oidc-31337.env"]);
  expect(run.actions).toEqual(["AssumeRoleWithWebIdentity", "AssumeRole", "GetCallerIdentity"]);
  expect(run.stdout).toMatch(
    /^✔ arn:aws:sts::210987654321:assumed-role\/production\/GitLabRunner-4711-90210$/m,
  );
  expect(run.stdout).toMatch(/ {2}210987654321$/m);
  expect(run.stdout).toMatch(/ {2}arn:aws:iam::123456789012:role\/deploy$/m);
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
  const run = await runInWorld(world, { env });
  expectProblems(
    run,
    ["duration-seconds", /^"7200" .*from 900 to 3600.*an hour at most/],
    ["chained-role-arn", /in the partition aws-cn a role in aws,/],
    ["external-id", /^12 characters, some of which are not allowed .*2 to 1224/],
    ["session-tags", /^"nonsense" .*up to 50 tags key=value/],
    ["session-tags", 'the key "team" twice'],
    ["source-identity", /^"a b" 2 to 64 letters/],
  );
});

it("refuses what only a second role can be told", async () => {
  const env = { AWS_OIDC_EXTERNAL_ID: EXTERNAL_ID, AWS_OIDC_SESSION_TAGS: "team=shop" };
  const run = await runInWorld(world, { env });
  expectProblems(
    run,
    ["external-id", "a value, but no `chained-role-arn`"],
    ["session-tags", "a value, but no `chained-role-arn`"],
  );
});
