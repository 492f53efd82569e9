import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  GetCallerIdentityCommand,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXTERNAL_ID, ROLES, startWorld, type World } from "../world.ts";
import { ACCOUNT, arnOf, DEPLOY_SESSION, describeTargets } from "./chaining-world.ts";
import { createClient, exchange, refusalOf } from "./client.ts";

let world: World;
let credentials: Credentials | undefined;
beforeAll(async () => {
  world = await startWorld({ world: describeTargets() });
  ({ Credentials: credentials } = await exchange(world));
});
afterAll(() => world.close());

function chain(input: Partial<AssumeRoleCommandInput>, from: Credentials | undefined = credentials) {
  return createClient(world.sts, { credentials: from }).send(
    new AssumeRoleCommand({ RoleArn: ROLES.audit, RoleSessionName: "job-31337", ...input }),
  );
}

function denied(action: string, role: string, because: string): string {
  return `403 AccessDenied: User: ${DEPLOY_SESSION} is not authorized to perform: ${action} on resource: ${role} ${because}`;
}

describe("a session that the target trusts", () => {
  it("gets credentials of its own", async () => {
    const { Credentials, AssumedRoleUser } = await chain({
      RoleArn: ROLES.production,
      ExternalId: EXTERNAL_ID,
    });
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/production/job-31337`);
    const identity = await createClient(world.sts, { credentials: Credentials }).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity).toMatchObject({ Account: ACCOUNT, Arn: AssumedRoleUser?.Arn });
  });

  it.each(["account-trusted", "account-id-trusted", "session-trusted", "anyone-trusted"])(
    "is let in by %s",
    async (name) => {
      const { AssumedRoleUser } = await chain({ RoleArn: arnOf(name) });
      expect(AssumedRoleUser?.Arn).toContain(`:assumed-role/${name}/`);
    },
  );

  it("needs no policy of its own in the same account", async () => {
    const { AssumedRoleUser } = await chain({ RoleArn: arnOf("sibling", "123456789012") });
    expect(AssumedRoleUser?.Arn).toBe("arn:aws:sts::123456789012:assumed-role/sibling/job-31337");
  });

  const required = {
    RoleArn: arnOf("tags-required"),
    Tags: [
      { Key: "project", Value: "acme/shop" },
      { Key: "ref", Value: "main" },
    ],
    TransitiveTagKeys: ["project"],
    SourceIdentity: "gitlab-ada",
  };

  it("may have to bring tags and a source identity", async () => {
    const { SourceIdentity, PackedPolicySize } = await chain(required);
    expect(SourceIdentity).toBe("gitlab-ada");
    expect(PackedPolicySize).toBeGreaterThan(25);
  });

  it.each<readonly [string, Partial<AssumeRoleCommandInput>]>([
    ["another value of the tag", { Tags: [{ Key: "project", Value: "acme/other" }] }],
    ["a tag too many", { Tags: [...required.Tags, { Key: "team", Value: "shop" }] }],
    ["a transitive key too many", { TransitiveTagKeys: ["project", "ref"] }],
    ["another session name", { RoleSessionName: "job-1" }],
    ["another source identity", { SourceIdentity: "ada" }],
    ["no source identity", { SourceIdentity: undefined }],
  ])("is refused with %s", async (_what, change) => {
    expect(await refusalOf(chain({ ...required, ...change }))).toBe(
      denied(
        "sts:AssumeRole",
        required.RoleArn,
        "because no role trust policy allows the sts:AssumeRole action",
      ),
    );
  });

  it("hands its transitive tags on, which cannot be replaced", async () => {
    const { Credentials } = await chain(required);
    const again = { RoleArn: arnOf("anyone-trusted") };
    const replaced = { ...again, Tags: [{ Key: "project", Value: "acme/other" }] };
    expect(await refusalOf(chain(replaced, Credentials))).toBe(
      "400 InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with " +
        "a transitive tag key from the calling session.",
    );
  });
});

describe("a chained request", () => {
  const noTrust = "because no role trust policy allows the sts:AssumeRole action";
  const noIdentity = "because no identity-based policy allows the sts:AssumeRole action";

  it.each<readonly [string, Partial<AssumeRoleCommandInput> & { readonly RoleArn: string }, string]>([
    ["without the external id", { RoleArn: ROLES.production }, noTrust],
    ["with another external id", { RoleArn: ROLES.production, ExternalId: "acme-staging" }, noTrust],
    ["for a role that trusts another session", { RoleArn: arnOf("other-session-trusted") }, noTrust],
    ["for a role that does not exist", { RoleArn: arnOf("absent") }, noTrust],
    [
      "for a role that denies it",
      { RoleArn: arnOf("denying") },
      "with an explicit deny in the role trust policy",
    ],
    [
      "that its own policy denies",
      { RoleArn: arnOf("forbidden") },
      "with an explicit deny in an identity-based policy",
    ],
    [
      "that its own policy does not allow",
      { RoleArn: arnOf("sibling-by-account", "123456789012") },
      noIdentity,
    ],
  ])("%s is refused", async (_which, input, because) => {
    expect(await refusalOf(chain(input))).toBe(denied("sts:AssumeRole", input.RoleArn, because));
  });

  it("with tags needs sts:TagSession", async () => {
    expect(await refusalOf(chain({ Tags: [{ Key: "project", Value: "acme/shop" }] }))).toBe(
      denied("sts:TagSession", ROLES.audit, "because no role trust policy allows the sts:TagSession action"),
    );
  });

  it("with a source identity needs sts:SetSourceIdentity", async () => {
    expect(await refusalOf(chain({ SourceIdentity: "ada" }))).toBe(
      denied(
        "sts:SetSourceIdentity",
        ROLES.audit,
        "because no role trust policy allows the sts:SetSourceIdentity action",
      ),
    );
  });

  it.each<readonly [string, Partial<AssumeRoleCommandInput>, string | RegExp]>([
    [
      "for more than an hour",
      { DurationSeconds: 3601 },
      "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by " +
        "role chaining.",
    ],
    [
      "with the same tag key in two cases",
      { Tags: ["project", "Project"].map((Key) => ({ Key, Value: "a" })) },
      "400 InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ],
    [
      "with a transitive key that is no tag",
      { TransitiveTagKeys: ["project"] },
      "400 InvalidParameterValue: The specified transitive tag key must be included in the requested tags.",
    ],
    [
      "with a tag value that is too long",
      { Tags: [{ Key: "a", Value: "b".repeat(257) }] },
      /'tags\.1\.member\.value'/,
    ],
    [
      "with a character that tags cannot have",
      { Tags: [{ Key: "a", Value: "b?" }] },
      /regular expression pattern/,
    ],
    [
      "with 51 tags",
      { Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: "" })) },
      /'tags' failed to satisfy constraint: Member must have length less than or equal to 50/,
    ],
    [
      "with an external id of one character",
      { ExternalId: "a" },
      /'externalId' failed to satisfy constraint/,
    ],
    [
      "with a source identity that has a space",
      { SourceIdentity: "ada l" },
      /'sourceIdentity' failed to satisfy/,
    ],
  ])("%s is refused", async (_which, input, refusal) => {
    expect(await refusalOf(chain(input))).toMatch(refusal);
  });

  it("tells no reason where the texts are older", async () => {
    const older = await startWorld({ sts: { errorTexts: "older" } });
    const { Credentials } = await exchange(older);
    const command = new AssumeRoleCommand({ RoleArn: ROLES.production, RoleSessionName: "job-31337" });
    expect(await refusalOf(createClient(older.sts, { credentials: Credentials }).send(command))).toBe(
      `403 AccessDenied: User: ${DEPLOY_SESSION} is not authorized to perform: sts:AssumeRole ` +
        `on resource: ${ROLES.production}`,
    );
    await older.close();
  });
});
