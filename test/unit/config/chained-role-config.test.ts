import { describe, expect, it } from "vitest";
import { finalRole } from "../../../src/config/assume-role-config.ts";
import type { Environment } from "../../../src/foundation/ports.ts";
import { configOf, problemsOf } from "../../harness/assume-role-config.ts";

const SECOND = "arn:aws:iam::210987654321:role/production";

function chained(env: Environment = {}) {
  return { AWS_OIDC_CHAINED_ROLE_ARN: SECOND, ...env };
}

function tagsOf(text: string, env: Environment = {}) {
  return configOf(chained({ AWS_OIDC_SESSION_TAGS: text, ...env })).chained?.tags;
}

it("is no second role unless one is given", () => {
  expect(configOf().chained).toBeUndefined();
  expect(finalRole(configOf()).name).toBe("deploy");
});

it("is a second role and what is said of its session", () => {
  const config = configOf(
    chained({
      AWS_OIDC_EXTERNAL_ID: "acme:production/1",
      AWS_OIDC_SESSION_TAGS: "team=shop, cost center = 42\nproject",
      AWS_OIDC_TRANSITIVE_TAG_KEYS: "team, project",
      AWS_OIDC_SOURCE_IDENTITY: "ada",
    }),
  );
  expect(finalRole(config).text).toBe(SECOND);
  expect(config.chained).toMatchObject({
    externalId: "acme:production/1",
    tags: [
      { key: "team", value: "shop" },
      { key: "cost center", value: "42" },
      { key: "project", value: "acme/shop" },
    ],
    transitiveTagKeys: ["team", "project"],
    sourceIdentity: "ada",
  });
});

it.each([
  ["AWS_OIDC_EXTERNAL_ID", "external-id"],
  ["AWS_OIDC_SESSION_TAGS", "session-tags"],
  ["AWS_OIDC_TRANSITIVE_TAG_KEYS", "transitive-tag-keys"],
  ["AWS_OIDC_SOURCE_IDENTITY", "source-identity"],
])("makes %s a problem without a second role", (variable, subject) => {
  expect(problemsOf({ [variable]: "team" })).toMatchObject([
    { subject, found: "a value, but no `chained-role-arn`" },
  ]);
});

describe("finds what is wrong with", () => {
  it.each([
    ["AWS_OIDC_CHAINED_ROLE_ARN", "production", '"production" is not an ARN'],
    [
      "AWS_OIDC_CHAINED_ROLE_ARN",
      "arn:aws-cn:iam::210987654321:role/production",
      "arn:aws-cn:iam::210987654321:role/production, in the partition aws-cn",
    ],
    ["AWS_OIDC_EXTERNAL_ID", "x", "1 characters"],
    ["AWS_OIDC_EXTERNAL_ID", "with space", "10 characters, some of which are not allowed"],
    ["AWS_OIDC_EXTERNAL_ID", "x".repeat(1225), "1225 characters"],
    ["AWS_OIDC_SOURCE_IDENTITY", "ada@example.com/admin", '"ada@example.com/admin"'],
    ["AWS_OIDC_SESSION_TAGS", "nonsense", '"nonsense"'],
    ["AWS_OIDC_SESSION_TAGS", "toString", '"toString"'],
    ["AWS_OIDC_SESSION_TAGS", "=value", '"=value"'],
    ["AWS_OIDC_SESSION_TAGS", "aws:team=shop", '"aws:team=shop"'],
    ["AWS_OIDC_SESSION_TAGS", "team=a&b", '"team=a&b"'],
    ["AWS_OIDC_SESSION_TAGS", "team=shop, TEAM=other", 'the key "team" twice'],
  ])("%s=%j", (variable, text, found) => {
    expect(problemsOf(chained({ [variable]: text }))).toMatchObject([{ found }]);
  });

  it("tags that are too many", () => {
    const tags = Array.from({ length: 51 }, (_, index) => `key${index}=value`).join();
    expect(problemsOf(chained({ AWS_OIDC_SESSION_TAGS: tags }))).toMatchObject([{ found: "51 tags" }]);
  });

  it("keys of tags that do not exist", () => {
    const env = chained({
      AWS_OIDC_SESSION_TAGS: "team=shop",
      AWS_OIDC_TRANSITIVE_TAG_KEYS: "team, cost, center",
    });
    expect(problemsOf(env)).toMatchObject([{ subject: "transitive-tag-keys", found: "cost, center" }]);
  });

  it("the tags, without a word on keys that belong to them", () => {
    const env = chained({ AWS_OIDC_SESSION_TAGS: "nonsense", AWS_OIDC_TRANSITIVE_TAG_KEYS: "team" });
    expect(problemsOf(env)).toMatchObject([{ subject: "session-tags" }]);
  });

  it("the second role, when the first is wrong too", () => {
    expect(problemsOf(chained({ AWS_OIDC_ROLE_ARN: "deploy" }))).toMatchObject([{ subject: "role-arn" }]);
  });
});

describe("tags from facts of the job", () => {
  it("are cleaned of what AWS does not take", () => {
    expect(tagsOf("ref", { CI_COMMIT_REF_NAME: "feature/größe#1" })).toEqual([
      { key: "ref", value: "feature/größe_1" },
    ]);
  });

  it("are cut to the length that AWS takes", () => {
    expect(tagsOf("ref", { CI_COMMIT_REF_NAME: "x".repeat(300) })).toEqual([
      { key: "ref", value: "x".repeat(256) },
    ]);
  });

  it("are empty where the job has no such fact", () => {
    expect(tagsOf("environment")).toEqual([{ key: "environment", value: "" }]);
  });
});

it("lets the session last an hour at most", () => {
  expect(problemsOf({ AWS_OIDC_DURATION_SECONDS: "7200" })).toEqual([]);
  expect(problemsOf(chained({ AWS_OIDC_DURATION_SECONDS: "7200" }))).toMatchObject([
    { subject: "duration-seconds", expected: "a whole number of seconds from 900 to 3600" },
  ]);
});
