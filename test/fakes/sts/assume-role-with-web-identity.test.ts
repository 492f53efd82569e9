import type { AssumeRoleWithWebIdentityCommandInput } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TokenDescription } from "../../../stand-ins/gitlab-job.ts";
import { describeWorld, ROLES, startWorld, type World } from "../world.ts";
import { exchange, refusalOf } from "./client.ts";

const NOW = new Date("2026-11-23T03:00:00Z");
const GENERIC =
  "400 InvalidIdentityToken: The web identity token provided could not be validated. " +
  "See the AssumeRoleWithWebIdentity documentation for requirements.";
const DENIED = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";

let world: World;
beforeAll(async () => {
  world = await startWorld({ clock: () => NOW });
});
afterAll(() => world.close());

function secondsFromNow(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

describe("a token that the role trusts", () => {
  it("gives temporary credentials and tells whom they stand for", async () => {
    const { $metadata, Credentials, AssumedRoleUser, ...rest } = await exchange(world);
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(Credentials?.SecretAccessKey).toMatch(/^(?=.*\/)(?=.*\+)[\w+/]{40}$/);
    expect(Credentials?.SessionToken).toMatch(/^IQoJb3JpZ2luX2Vj[\w+/]{1084}$/);
    expect(Credentials?.Expiration).toEqual(secondsFromNow(3600));
    expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:job-31337$/);
    expect(AssumedRoleUser?.Arn).toBe("arn:aws:sts::123456789012:assumed-role/deploy/job-31337");
    expect(rest).toEqual({
      Audience: "https://gitlab.example.com",
      PackedPolicySize: expect.any(Number),
      Provider: "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com",
      SubjectFromWebIdentityToken: "project_path:acme/shop:ref_type:branch:ref:main",
    });
  });

  it("leaves the path of the role out of the session's ARN", async () => {
    const { AssumedRoleUser } = await exchange(world, {
      RoleArn: ROLES.release,
      WebIdentityToken: world.mintToken({ ref: "v1.2.0", refType: "tag" }),
      DurationSeconds: 43_200,
    });
    expect(AssumedRoleUser?.Arn).toBe("arn:aws:sts::123456789012:assumed-role/release/job-31337");
  });

  it("is asked for without a signature", async () => {
    await exchange(world);
    expect(world.sts.requests.at(-1)).toMatchObject({
      action: "AssumeRoleWithWebIdentity",
      authorized: undefined,
      status: 200,
      parameters: { WebIdentityToken: expect.stringMatching(/^<\d+ characters>$/) },
    });
  });

  it.each<readonly [string, TokenDescription]>([
    ["is five minutes early", { issuedAt: secondsFromNow(300) }],
    ["expired less than five minutes ago", { issuedAt: secondsFromNow(-600), expiresInSeconds: 301 }],
    ["names its audience in a list of one", { aud: ["https://gitlab.example.com"] }],
    [
      "names an authorized party among several audiences",
      { aud: ["a", "b"], claims: { azp: "https://gitlab.example.com" } },
    ],
  ])("is accepted though it %s", async (_how, token) => {
    const { Audience } = await exchange(world, { WebIdentityToken: world.mintToken(token) });
    expect(Audience).toBe("https://gitlab.example.com");
  });

  it("is accepted with session policies", async () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const { PackedPolicySize } = await exchange(world, {
      Policy: policy,
      PolicyArns: [
        { arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
        { arn: "arn:aws:iam::123456789012:policy/a" },
      ],
    });
    expect(PackedPolicySize).toBeGreaterThan(25);
  });
});

describe("a request", () => {
  it.each<readonly [string, Partial<AssumeRoleWithWebIdentityCommandInput>, string]>([
    ["for a role that does not exist", { RoleArn: "arn:aws:iam::123456789012:role/absent" }, DENIED],
    ["for a role in another case", { RoleArn: "arn:aws:iam::123456789012:role/Deploy" }, DENIED],
    ["for an account without the provider", { RoleArn: "arn:aws:iam::999999999999:role/deploy" }, GENERIC],
    ["for another partition", { RoleArn: "arn:aws-cn:iam::123456789012:role/deploy" }, GENERIC],
    [
      "for a user",
      { RoleArn: "arn:aws:iam::123456789012:user/deploy" },
      "400 ValidationError: arn:aws:iam::123456789012:user/deploy is invalid",
    ],
    [
      "with a role ARN and a session name that are too short",
      { RoleArn: "$ROLE_ARN", RoleSessionName: "j" },
      "400 ValidationError: 2 validation errors detected: Value '$ROLE_ARN' at 'roleArn' failed to satisfy " +
        "constraint: Member must have length greater than or equal to 20; Value 'j' at 'roleSessionName' failed to " +
        "satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      "with a slash in the session name",
      { RoleSessionName: "acme/shop" },
      "400 ValidationError: 1 validation error detected: Value 'acme/shop' at 'roleSessionName' failed to satisfy " +
        "constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      "for less than 15 minutes",
      { DurationSeconds: 899 },
      "400 ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy " +
        "constraint: Member must have value greater than or equal to 900",
    ],
    [
      "for more than 12 hours",
      { DurationSeconds: 99_999 },
      "400 ValidationError: 1 validation error detected: Value '99999' at 'durationSeconds' failed to satisfy " +
        "constraint: Member must have value less than or equal to 43200",
    ],
    [
      "for longer than the role admits",
      { DurationSeconds: 3601 },
      "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ],
    [
      "with a token of three characters",
      { WebIdentityToken: "abc" },
      "400 ValidationError: 1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 4",
    ],
    [
      "with a provider id",
      { ProviderId: "www.amazon.com" },
      "403 AccessDenied: Unrecognized OAuth provider. Do not include a provider parameter when submitting " +
        "OpenIDConnect ID tokens",
    ],
    [
      "with a session policy that is not JSON",
      { Policy: "{" },
      "400 MalformedPolicyDocument: This policy contains invalid Json",
    ],
    [
      "with a session policy that is not a policy",
      { Policy: "[]" },
      "400 MalformedPolicyDocument: Syntax errors in policy.",
    ],
    [
      "with a session policy that names a member twice",
      { Policy: '{"Statement":[{"Condition":{},"Condition":{}}]}' },
      "400 MalformedPolicyDocument: Syntax errors in policy.",
    ],
    [
      "with a managed session policy of another account",
      { PolicyArns: [{ arn: "arn:aws:iam::210987654321:policy/a" }] },
      "400 ValidationError: The specified value for PolicyArns is invalid: arn:aws:iam::210987654321:policy/a",
    ],
  ])("%s is refused", async (_which, input, refusal) => {
    expect(await refusalOf(exchange(world, input))).toBe(refusal);
  });

  it("with too long a session policy, or too many, is refused", async () => {
    const Policy = JSON.stringify({ Statement: "x".repeat(2048) });
    const PolicyArns = Array.from({ length: 11 }, (_, n) => ({
      arn: `arn:aws:iam::123456789012:policy/p${n}`,
    }));
    const refusal = await refusalOf(exchange(world, { Policy, PolicyArns }));
    expect(refusal).toMatch(/^400 ValidationError: 2 validation errors detected: /);
    expect(refusal).toContain(
      "at 'policy' failed to satisfy constraint: Member must have length less than or equal",
    );
    expect(refusal).toContain(
      "at 'policyArns' failed to satisfy constraint: Member must have length less than or",
    );
  });

  it("with a session policy that does not pack is refused", async () => {
    const Sid = Array.from({ length: 450 }, (_, n) => (n * 2_654_435_761).toString(36))
      .join("")
      .slice(0, 2000);
    const Policy = JSON.stringify({ Statement: [], Sid });
    expect(await refusalOf(exchange(world, { Policy }))).toMatch(
      /^400 PackedPolicyTooLarge: Packed size of session policy consumes 1\d\d% of allotted space\.$/,
    );
  });

  it("to a Region where the account has switched STS off is refused", async () => {
    const { accounts } = describeWorld();
    const account = { ...accounts["123456789012"], deactivatedRegions: ["eu-south-1"] };
    const limited = await startWorld({
      world: { accounts: { "123456789012": account } },
      sts: { region: "eu-south-1" },
    });
    expect(await refusalOf(exchange(limited))).toBe(
      "403 RegionDisabledException: STS is not activated in this region for account:123456789012. " +
        "Your account administrator can activate STS in this region using the IAM Console.",
    );
    await limited.close();
  });
});

describe("the older texts", () => {
  let older: World;
  beforeAll(async () => {
    older = await startWorld({ sts: { errorTexts: "older" } });
  });
  afterAll(() => older.close());

  it("name the issuer for which there is no provider", async () => {
    const RoleArn = "arn:aws:iam::210987654321:role/production";
    expect(await refusalOf(exchange(older, { RoleArn }))).toBe(
      "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://gitlab.example.com",
    );
  });

  it("tell that the audience is wrong", async () => {
    const token = older.mintToken({ aud: "https://vault.example.com" });
    expect(await refusalOf(exchange(older, { WebIdentityToken: token }))).toBe(
      "400 InvalidIdentityToken: Incorrect token audience",
    );
  });
});
