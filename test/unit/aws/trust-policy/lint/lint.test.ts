import { describe, expect, it } from "vitest";
import type {
  LintFinding,
  LintOptions,
  LintRuleId,
} from "../../../../../src/aws/trust-policy/lint/finding.ts";
import {
  buildLintOptions,
  findUnjudged,
  lintTrustPolicy,
} from "../../../../../src/aws/trust-policy/lint/lint.ts";
import { LINT_RULES } from "../../../../../src/aws/trust-policy/lint/rules.ts";
import { parseTrustPolicy } from "../../../../../src/aws/trust-policy/model/parse.ts";
import type { TrustPolicy } from "../../../../../src/aws/trust-policy/model/policy.ts";
import { renderPolicy } from "../../../../../src/aws/trust-policy/model/render.ts";
import { contextOf, ROLE } from "../vectors.ts";

type Json = Readonly<Record<string, unknown>>;

const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
const SELF_MANAGED = "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com";
const UNDER_PATH = "arn:aws:iam::123456789012:oidc-provider/example.com/gitlab";
const AUD = { "gitlab.com:aud": "https://gitlab.com" };
const MAIN = "project_path:acme/shop:ref_type:branch:ref:main";
const SUB = { "gitlab.com:sub": MAIN };

const GOOD: Json = {
  Effect: "Allow",
  Principal: { Federated: PROVIDER },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { ...AUD, ...SUB } },
};

const JOB: LintOptions = buildLintOptions(contextOf({ job: "main" }));
const TAG: LintOptions = buildLintOptions(contextOf({ job: "tag" }));

function parse(document: unknown): TrustPolicy {
  const parsed = parseTrustPolicy(JSON.stringify(document));
  if (parsed.kind === "problems") throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

const policyOf = (...statements: readonly Json[]): Json => ({ Version: "2012-10-17", Statement: statements });

/** A good policy except for the condition. */
const when = (condition: Json): Json => policyOf({ ...GOOD, Condition: condition });

/** A good policy except for the subject pattern. */
const subjectLike = (...subjects: readonly string[]): Json =>
  when({ StringEquals: AUD, StringLike: { "gitlab.com:sub": subjects } });

const subjectEquals = (subject: unknown): Json =>
  when({ StringEquals: { ...AUD, "gitlab.com:sub": subject } });

const trusting = (federated: unknown): Json => policyOf({ ...GOOD, Principal: { Federated: federated } });

/** A good policy for a self-managed instance except for what is added. */
const selfManaged = (added: Json, provider = SELF_MANAGED, host = "gitlab.example.com"): Json =>
  policyOf({
    ...GOOD,
    Principal: { Federated: provider },
    Condition: { StringEquals: { [`${host}:aud`]: "x", [`${host}:sub`]: MAIN, ...added } },
  });

interface Example {
  readonly rule: LintRuleId;
  readonly what: string;
  readonly policy: Json;
  readonly options?: LintOptions;
  /** `fires` without a correction, `corrects` with one, `silent` not at all. */
  readonly lint: "fires" | "corrects" | "silent";
}

const GITHUB = "token.actions.githubusercontent.com";

/** A good statement, and one more that allows something. */
const beside = (statement: Json): Json => policyOf(GOOD, { Effect: "Allow", ...statement });

/** A good statement, and one for another identity provider. */
const besideProvider = (federated: string, condition?: Json): Json =>
  beside({
    Principal: { Federated: federated },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: condition,
  });

const GITHUB_ARN = `arn:aws:iam::123456789012:oidc-provider/${GITHUB}`;

const RELEASES = "project_path:acme/shop:ref_type:branch:ref:release/*";

const variable = (key: string) => `$\{${key}}`;

const EXAMPLES: readonly Example[] = [
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "every AWS principal",
    policy: beside({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "everyone, by every action of STS",
    policy: beside({ Principal: "*", Action: "sts:*" }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "everyone, by every action",
    policy: beside({ Principal: { AWS: ["123456789012", "*"] }, Action: ["sts:TagSession", "*"] }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "everyone, by an exclusion",
    policy: beside({ Principal: "*", NotAction: "sts:TagSession" }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "an external ID, which is no secret",
    policy: beside({
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": "shop" } },
    }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "what the caller chooses",
    policy: beside({
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "sts:RoleSessionName": "ci", "aws:PrincipalTag/team": "shop" },
        Bool: { "aws:SecureTransport": "true" },
      },
    }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "a role of that name in any account",
    policy: beside({
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" } },
    }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "an organisation, if there is one",
    policy: beside({
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-abc" } },
    }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "another organisation",
    policy: beside({
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-abc" } },
    }),
  },
  {
    rule: "open-to-aws",
    lint: "fires",
    what: "the whole internet",
    policy: beside({
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } },
    }),
  },
  {
    rule: "open-to-aws",
    lint: "silent",
    what: "an organisation",
    policy: beside({
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abc" } },
    }),
  },
  {
    rule: "open-to-aws",
    lint: "silent",
    what: "a role of one account",
    policy: beside({
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/ci/*" } },
    }),
  },
  {
    rule: "open-to-aws",
    lint: "silent",
    what: "an account",
    policy: beside({ Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" }),
  },
  {
    rule: "open-to-aws",
    lint: "silent",
    what: "everyone, by another action",
    policy: beside({ Principal: { AWS: "*" }, Action: "sts:TagSession" }),
  },
  {
    rule: "open-to-aws",
    lint: "silent",
    what: "a Deny for everyone",
    policy: policyOf(GOOD, {
      Effect: "Deny",
      Principal: "*",
      Action: "sts:*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    }),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "GitHub without conditions",
    policy: besideProvider(GITHUB_ARN),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "GitHub by its audience",
    policy: besideProvider(GITHUB_ARN, { StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" } }),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "GitHub by the condition of another",
    policy: besideProvider(GITHUB_ARN, { StringEquals: SUB }),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "any repository of GitHub",
    policy: besideProvider(GITHUB_ARN, { StringLike: { [`${GITHUB}:sub`]: "repo:*" } }),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "owners at GitHub that start the same",
    policy: besideProvider(GITHUB_ARN, {
      StringLike: { [`${GITHUB}:sub`]: ["repo:acme/shop:*", "repo:acme*"] },
    }),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "GitHub by the same key",
    policy: besideProvider(GITHUB_ARN, { StringEquals: { [`${GITHUB}:sub`]: variable(`${GITHUB}:sub`) } }),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "Google without conditions",
    policy: besideProvider("accounts.google.com"),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "Cognito by the kind of its users",
    policy: besideProvider("cognito-identity.amazonaws.com", {
      "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" },
    }),
  },
  {
    rule: "open-provider",
    lint: "fires",
    what: "GitHub beside GitLab",
    policy: policyOf({
      ...GOOD,
      Principal: { Federated: [PROVIDER, GITHUB_ARN] },
      Condition: { StringEqualsIfExists: { ...AUD, ...SUB } },
    }),
  },
  {
    rule: "open-provider",
    lint: "silent",
    what: "a repository of GitHub",
    policy: besideProvider(GITHUB_ARN, { StringLike: { [`${GITHUB}:sub`]: "repo:acme/shop:*" } }),
  },
  {
    rule: "open-provider",
    lint: "silent",
    what: "an identity pool of Cognito",
    policy: besideProvider("cognito-identity.amazonaws.com", {
      StringEquals: { "cognito-identity.amazonaws.com:aud": "eu-west-1:1234" },
    }),
  },
  {
    rule: "open-provider",
    lint: "silent",
    what: "an action by which nobody comes in",
    policy: beside({ Principal: { Federated: GITHUB_ARN }, Action: "sts:TagSession" }),
  },
  {
    rule: "everyone",
    lint: "fires",
    what: "every AWS principal",
    policy: policyOf({ ...GOOD, Principal: { AWS: "*" } }),
  },
  {
    rule: "action",
    lint: "silent",
    what: "everyone by another action, which has its own rule",
    policy: beside({ Principal: "*", Action: "sts:AssumeRole" }),
  },
  {
    rule: "any-aud",
    lint: "corrects",
    what: "an asterisk",
    policy: when({ StringEquals: SUB, StringLike: { "gitlab.com:aud": "*" } }),
    options: JOB,
  },
  {
    rule: "any-aud",
    lint: "fires",
    what: "any URL",
    policy: when({ StringEquals: SUB, StringLike: { "gitlab.com:aud": ["https://*", "*"] } }),
  },
  {
    rule: "any-aud",
    lint: "fires",
    what: "the audience itself",
    policy: when({ StringEquals: { ...SUB, "gitlab.com:aud": variable("GITLAB.com:aud") } }),
  },
  { rule: "any-aud", lint: "silent", what: "one audience", policy: policyOf(GOOD) },
  {
    rule: "any-aud",
    lint: "silent",
    what: "an asterisk beside one audience",
    policy: when({ StringEquals: { ...AUD, ...SUB }, StringLike: { "gitlab.com:aud": "*" } }),
  },
  {
    rule: "self-comparison",
    lint: "fires",
    what: "sub",
    policy: when({ StringEquals: { ...AUD, "gitlab.com:sub": variable("gitlab.com:sub") } }),
  },
  {
    rule: "self-comparison",
    lint: "corrects",
    what: "sub with wildcards and a default, the job known",
    policy: when({
      StringEquals: AUD,
      StringLike: { "gitlab.com:sub": `*${variable("GitLab.com:sub, 'x'")}*` },
    }),
    options: JOB,
  },
  {
    rule: "self-comparison",
    lint: "fires",
    what: "project_id",
    policy: when({
      StringEquals: { ...AUD, ...SUB, "gitlab.com:project_id": variable("gitlab.com:project_id") },
    }),
  },
  {
    rule: "self-comparison",
    lint: "silent",
    what: "another key's value",
    policy: when({
      StringEquals: { ...AUD, ...SUB, "sts:RoleSessionName": variable("gitlab.com:project_id") },
    }),
  },
  {
    rule: "self-comparison",
    lint: "silent",
    what: "a variable in an old policy",
    policy: {
      Statement: {
        ...GOOD,
        Condition: { StringEquals: { ...AUD, "gitlab.com:sub": variable("gitlab.com:sub") } },
      },
    },
  },
  {
    rule: "self-comparison",
    lint: "silent",
    what: "an exclusion, by which nobody comes in",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      StringNotEquals: { "gitlab.com:sub": variable("gitlab.com:sub") },
    }),
  },
  {
    rule: "always-holds",
    lint: "fires",
    what: "ref_protected elsewhere, if it exists",
    policy: policyOf({
      ...GOOD,
      Principal: { Federated: SELF_MANAGED },
      Condition: {
        StringLike: { "gitlab.example.com:sub": "project_path:acme/shop:ref_type:branch:ref:*" },
        StringEquals: { "gitlab.example.com:aud": "x" },
        StringEqualsIfExists: { "gitlab.example.com:ref_protected": "true" },
      },
    }),
  },
  {
    rule: "always-holds",
    lint: "fires",
    what: "an exclusion of what no key says",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      StringNotEquals: { "gitlab.com:environment": "production" },
    }),
  },
  {
    rule: "always-holds",
    lint: "fires",
    what: "a misspelt key, if it exists",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      BoolIfExists: { "https://gitlab.com:ref_protected": "true" },
    }),
  },
  {
    rule: "always-holds",
    lint: "fires",
    what: "a claim that GitLab never issues",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      "ForAllValues:StringEquals": { "gitlab.com:amr": "mfa" },
    }),
  },
  {
    rule: "always-holds",
    lint: "silent",
    what: "ref_protected on gitlab.com, if it exists",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      StringEqualsIfExists: { "gitlab.com:ref_protected": "true" },
    }),
  },
  {
    rule: "always-holds",
    lint: "silent",
    what: "a key of AWS, if it exists",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      StringEqualsIfExists: { "aws:RequestedRegion": "eu-west-1" },
    }),
  },
  {
    rule: "self-managed-extra",
    lint: "silent",
    what: "a condition that always holds, which has its own rule",
    policy: policyOf({
      ...GOOD,
      Principal: { Federated: SELF_MANAGED },
      Condition: {
        StringEquals: { "gitlab.example.com:aud": "x", "gitlab.example.com:sub": MAIN },
        StringEqualsIfExists: { "gitlab.example.com:ref_protected": "true" },
      },
    }),
  },
  {
    rule: "fork-sub",
    lint: "fires",
    what: "the project of the job",
    policy: subjectEquals("job_project_path:acme/shop:ref_type:branch:ref:main"),
  },
  {
    rule: "fork-sub",
    lint: "fires",
    what: "its number, and refs that fit",
    policy: subjectLike("job_project_id:4711:ref_type:branch:ref_protected:true:ref:release/*"),
  },
  {
    rule: "fork-sub",
    lint: "silent",
    what: "the project of the source as well",
    policy: subjectEquals("job_project_path:acme/shop:project_path:acme/shop:ref_type:branch:ref:main"),
  },
  {
    rule: "fork-sub",
    lint: "silent",
    what: "the number of the source as a key",
    policy: when({
      StringEquals: {
        ...AUD,
        "gitlab.com:sub": "job_project_path:acme/shop:ref_type:branch:ref:main",
        "gitlab.com:project_id": "4711",
      },
    }),
  },
  {
    rule: "ignore-case",
    lint: "corrects",
    what: "sub",
    policy: when({ StringEquals: AUD, StringEqualsIgnoreCase: SUB }),
  },
  {
    rule: "ignore-case",
    lint: "corrects",
    what: "sub, if it exists",
    policy: when({ StringEquals: AUD, StringEqualsIgnoreCaseIfExists: SUB }),
  },
  {
    rule: "ignore-case",
    lint: "silent",
    what: "an exclusion",
    policy: when({ StringEquals: { ...AUD, ...SUB }, StringNotEqualsIgnoreCase: { "gitlab.com:sub": "x" } }),
  },
  { rule: "pushable-ref", lint: "fires", what: "a folder of branches", policy: subjectLike(RELEASES) },
  {
    rule: "pushable-ref",
    lint: "fires",
    what: "a folder of tags",
    policy: subjectLike("project_path:acme/shop:ref_type:tag:ref:v/*"),
  },
  {
    rule: "pushable-ref",
    lint: "silent",
    what: "a folder of protected branches",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:ref_protected": "true" },
      StringLike: { "gitlab.com:sub": RELEASES },
    }),
  },
  {
    rule: "pushable-ref",
    lint: "silent",
    what: "a folder whose unprotected branches are denied",
    policy: policyOf(
      { ...GOOD, Condition: { StringEquals: AUD, StringLike: { "gitlab.com:sub": RELEASES } } },
      {
        Effect: "Deny",
        Principal: "*",
        Action: "sts:*",
        Condition: { StringNotEquals: { "gitlab.com:ref_protected": "true" } },
      },
    ),
  },
  {
    rule: "other-project",
    lint: "fires",
    what: "another project by its path",
    policy: subjectEquals([MAIN, MAIN.replace("shop", "api")]),
    options: JOB,
  },
  {
    rule: "other-project",
    lint: "fires",
    what: "another project by its number",
    policy: when({ StringEquals: { ...AUD, ...SUB, "gitlab.com:project_id": ["4711", "4712"] } }),
    options: JOB,
  },
  {
    rule: "other-project",
    lint: "silent",
    what: "this project",
    policy: when({ StringEquals: { ...AUD, ...SUB, "gitlab.com:project_id": "4711" } }),
    options: JOB,
  },
  { rule: "other-project", lint: "silent", what: "nothing known of the job", policy: policyOf(GOOD) },
  {
    rule: "no-sub",
    lint: "fires",
    what: "a number alone, which IAM does not take",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:project_id": "4711", "gitlab.com:ref_protected": "true" },
    }),
  },
  {
    rule: "wide-sub",
    lint: "silent",
    what: "any path of the project of one number",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:project_id": "4711", "gitlab.com:ref_protected": "true" },
      StringLike: { "gitlab.com:sub": "project_path:*" },
    }),
  },
  {
    rule: "wide-sub",
    lint: "silent",
    what: "a value that never matches",
    policy: subjectLike("project_path:acme/*:ref_type:mr:ref:*"),
  },
  {
    rule: "wide-sub",
    lint: "silent",
    what: "a value of a key that no token has",
    policy: policyOf({ ...GOOD, Condition: { StringLike: { [`${GITHUB}:sub`]: "repo:acme/shop:*" } } }),
  },
  {
    rule: "wide-sub",
    lint: "fires",
    what: "a part of the number of a project as a key",
    policy: when({
      StringEquals: AUD,
      StringLike: { "gitlab.com:sub": "project_path:*", "gitlab.com:project_id": "4*" },
    }),
  },
  {
    rule: "wide-sub",
    lint: "fires",
    what: "projects below a group",
    policy: subjectLike("project_path:acme/*/shop:ref_type:branch:ref:main"),
  },
  {
    rule: "wide-sub",
    lint: "fires",
    what: "a group by its number",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:namespace_id": "42" },
      StringLike: { "gitlab.com:sub": "*" },
    }),
  },
  {
    rule: "ref-type-mr",
    lint: "corrects",
    what: "merge_request_event",
    policy: subjectEquals("project_path:acme/shop:ref_type:merge_request_event:ref:main"),
  },
  {
    rule: "ref-star",
    lint: "silent",
    what: "a type of ref that does not exist",
    policy: subjectLike("project_path:acme/shop:ref_type:merge_request_event:ref:*"),
  },
  {
    rule: "prefix-glob",
    lint: "silent",
    what: "tags whose unprotected ones are denied",
    policy: policyOf(
      {
        ...GOOD,
        Condition: {
          StringEquals: AUD,
          StringLike: { "gitlab.com:sub": "project_path:acme/shop:ref_type:tag:ref:v*" },
        },
      },
      {
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringNotEquals: { "gitlab.com:ref_protected": "true" } },
      },
    ),
  },
  {
    rule: "principal",
    lint: "fires",
    what: "an AWS principal",
    policy: policyOf({ ...GOOD, Principal: { AWS: "123456789012" } }),
  },
  { rule: "principal", lint: "fires", what: "a host instead of an ARN", policy: trusting("gitlab.com") },
  {
    rule: "principal",
    lint: "corrects",
    what: "a host, the job known",
    policy: trusting("gitlab.com"),
    options: JOB,
  },
  {
    rule: "principal",
    lint: "corrects",
    what: "a pattern for a provider",
    policy: trusting("arn:aws:iam::123456789012:oidc-provider/*"),
    options: JOB,
  },
  {
    rule: "principal",
    lint: "silent",
    what: "the provider among others",
    policy: trusting(["gitlab.com", PROVIDER]),
  },
  {
    rule: "principal",
    lint: "silent",
    what: "people beside the pipeline",
    policy: policyOf(GOOD, { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" }),
  },
  {
    rule: "account",
    lint: "corrects",
    what: "the provider of another account",
    policy: trusting(PROVIDER.replace("123456789012", "210987654321")),
    options: JOB,
  },
  {
    rule: "account",
    lint: "corrects",
    what: "the provider of another partition",
    policy: trusting(PROVIDER.replace("aws", "aws-cn")),
    options: JOB,
  },
  { rule: "account", lint: "silent", what: "the role's own account", policy: policyOf(GOOD), options: JOB },
  {
    rule: "account",
    lint: "silent",
    what: "no provider at all",
    policy: trusting("gitlab.com"),
    options: JOB,
  },
  {
    rule: "other-provider",
    lint: "fires",
    what: "another host",
    policy: trusting(SELF_MANAGED),
    options: JOB,
  },
  {
    rule: "other-provider",
    lint: "fires",
    what: "another host, the role unknown",
    policy: trusting(SELF_MANAGED),
    options: { issuer: "https://gitlab.com" },
  },
  {
    rule: "other-provider",
    lint: "silent",
    what: "another host beside the right one",
    policy: policyOf(GOOD, { ...GOOD, Principal: { Federated: SELF_MANAGED } }),
    options: JOB,
  },
  {
    rule: "other-provider",
    lint: "fires",
    what: "another host whose keys stand beside the right ones",
    policy: selfManaged({ "gitlab.com:sub": MAIN }),
    options: JOB,
  },
  {
    rule: "other-provider",
    lint: "silent",
    what: "a slip of spelling, which has its own rule",
    policy: trusting(`${PROVIDER}/`),
    options: JOB,
  },
  {
    rule: "http-url",
    lint: "corrects",
    what: "a provider with scheme",
    policy: trusting("arn:aws:iam::123456789012:oidc-provider/https://gitlab.com"),
  },
  {
    rule: "http-url",
    lint: "corrects",
    what: "a key with scheme",
    policy: when({ StringEquals: { ...AUD, "https://gitlab.com:sub": MAIN } }),
  },
  {
    rule: "http-url",
    lint: "fires",
    what: "a key with scheme of a claim that is no key",
    policy: when({ StringEquals: { ...AUD, ...SUB, "https://gitlab.com:ref": "main" } }),
  },
  { rule: "http-url", lint: "silent", what: "an audience with scheme", policy: policyOf(GOOD) },
  { rule: "slash-url", lint: "corrects", what: "a provider with a slash", policy: trusting(`${PROVIDER}/`) },
  {
    rule: "slash-url",
    lint: "corrects",
    what: "a provider with a slash beside a name that is no provider",
    policy: trusting(["gitlab.com", `${PROVIDER}/`]),
  },
  {
    rule: "slash-url",
    lint: "corrects",
    what: "a key with a slash",
    policy: when({ StringEquals: { ...AUD, "gitlab.com/:sub": MAIN } }),
  },
  {
    rule: "slash-url",
    lint: "silent",
    what: "an instance under a path",
    policy: selfManaged({}, UNDER_PATH, "example.com/gitlab"),
  },
  {
    rule: "path-url",
    lint: "corrects",
    what: "a key without the path",
    policy: policyOf({
      ...GOOD,
      Principal: { Federated: UNDER_PATH },
      Condition: { StringEquals: { "example.com:sub": MAIN, "example.com/gitlab:aud": "x" } },
    }),
  },
  {
    rule: "path-url",
    lint: "corrects",
    what: "a provider without the path",
    policy: selfManaged({}, "arn:aws:iam::123456789012:oidc-provider/example.com", "example.com"),
    options: { issuer: "https://example.com/gitlab", role: ROLE },
  },
  {
    rule: "path-url",
    lint: "silent",
    what: "the same path",
    policy: selfManaged({}, UNDER_PATH, "example.com/gitlab"),
  },
  {
    rule: "action",
    lint: "corrects",
    what: "sts:AssumeRole",
    policy: policyOf({ ...GOOD, Action: "sts:AssumeRole" }),
  },
  {
    rule: "action",
    lint: "corrects",
    what: "sts:AssumeRole with tags",
    policy: policyOf({ ...GOOD, Action: ["sts:AssumeRole", "sts:TagSession"] }),
  },
  {
    rule: "action",
    lint: "fires",
    what: "an exclusion of everything",
    policy: policyOf({ ...GOOD, Action: undefined, NotAction: "sts:*" }),
  },
  {
    rule: "action",
    lint: "corrects",
    what: "an exclusion among others",
    policy: policyOf({ ...GOOD, Action: undefined, NotAction: ["sts:AssumeRole*", "sts:TagSession"] }),
  },
  { rule: "action", lint: "silent", what: "a wildcard", policy: policyOf({ ...GOOD, Action: "sts:*" }) },
  {
    rule: "action",
    lint: "silent",
    what: "tags in a statement of their own",
    policy: policyOf(GOOD, { ...GOOD, Action: "sts:TagSession" }),
  },
  {
    rule: "wrong-prefix",
    lint: "corrects",
    what: "the keys of gitlab.com for another instance",
    policy: policyOf({
      ...GOOD,
      Principal: { Federated: SELF_MANAGED },
      Condition: { StringEquals: { "gitlab.example.com:aud": "x", ...SUB } },
    }),
  },
  {
    rule: "wrong-prefix",
    lint: "corrects",
    what: "a key without prefix",
    policy: when({ StringEquals: { ...AUD, sub: MAIN } }),
  },
  {
    rule: "wrong-prefix",
    lint: "fires",
    what: "a key for a provider that the options name",
    policy: policyOf({ ...GOOD, Principal: "*", Condition: { StringEquals: { "example.org:sub": MAIN } } }),
    options: JOB,
  },
  {
    rule: "wrong-prefix",
    lint: "silent",
    what: "a key for a provider that nobody names",
    policy: policyOf({ ...GOOD, Principal: "*" }),
  },
  {
    rule: "wrong-prefix",
    lint: "silent",
    what: "a key of AWS",
    policy: when({ StringEquals: { ...AUD, ...SUB, "aws:RequestedRegion": "eu-west-1" } }),
  },
  {
    rule: "wrong-prefix",
    lint: "silent",
    what: "a prefix in other case, which does not count",
    policy: when({ StringEquals: { ...AUD, "GitLab.com:sub": MAIN } }),
  },
  {
    rule: "unknown-claim",
    lint: "fires",
    what: "project_path",
    policy: when({ StringEquals: { ...AUD, ...SUB, "gitlab.com:project_path": "acme/shop" } }),
  },
  {
    rule: "wide-sub",
    lint: "silent",
    what: "the subject of GitHub, which no token of GitLab has",
    policy: when({ StringEquals: AUD, StringLike: { "gitlab.com:sub": "repo:acme/shop:*" } }),
  },
  {
    rule: "unknown-claim",
    lint: "silent",
    what: "project_id",
    policy: when({ StringEquals: { ...AUD, ...SUB, "gitlab.com:project_id": "4711" } }),
  },
  {
    rule: "self-managed-extra",
    lint: "fires",
    what: "project_id elsewhere",
    policy: selfManaged({ "gitlab.example.com:project_id": "4711" }),
  },
  { rule: "self-managed-extra", lint: "silent", what: "sub elsewhere", policy: selfManaged({}) },
  {
    rule: "self-managed-extra",
    lint: "silent",
    what: "ref_protected on gitlab.com",
    policy: when({ StringEquals: { ...AUD, ...SUB, "gitlab.com:ref_protected": "true" } }),
  },
  {
    rule: "eq-wildcard",
    lint: "corrects",
    what: "an asterisk",
    policy: subjectEquals("project_path:acme/shop:ref_type:tag:ref:release/*"),
  },
  {
    rule: "eq-wildcard",
    lint: "fires",
    what: "an asterisk without regard to case",
    policy: when({ StringEquals: AUD, StringEqualsIgnoreCase: { "gitlab.com:sub": "project_path:acme/*" } }),
  },
  {
    rule: "eq-wildcard",
    lint: "fires",
    what: "an asterisk beside a pattern for the same key",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:sub": "project_path:acme/shop:*" },
      StringLike: { "gitlab.com:sub": "project_path:acme/shop:ref_type:tag:ref:release/*" },
    }),
  },
  {
    rule: "eq-wildcard",
    lint: "silent",
    what: "the asterisk variable",
    policy: subjectEquals("project_path:acme/$" + "{*}"),
  },
  {
    rule: "eq-wildcard",
    lint: "silent",
    what: "an asterisk under StringLike",
    policy: subjectLike("project_path:acme/*"),
  },
  {
    rule: "two-providers",
    lint: "fires",
    what: "keys of both providers that it trusts",
    policy: policyOf({
      ...GOOD,
      Principal: { Federated: [PROVIDER, PROVIDER.replace("gitlab.com", "gitlab.example.com")] },
      Condition: { StringEquals: { ...AUD, ...SUB, "gitlab.example.com:sub": MAIN } },
    }),
  },
  {
    rule: "two-providers",
    lint: "silent",
    what: "keys of one of the providers that it trusts",
    policy: policyOf({
      ...GOOD,
      Principal: { Federated: [PROVIDER, PROVIDER.replace("gitlab.com", "gitlab.example.com")] },
      Condition: { StringEquals: { ...AUD, ...SUB } },
    }),
  },
  {
    rule: "anded-equalities",
    lint: "corrects",
    what: "two branches",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:sub": MAIN },
      StringLike: { "gitlab.com:sub": "project_path:acme/shop:ref_type:tag:ref:release/*" },
    }),
  },
  {
    rule: "anded-equalities",
    lint: "corrects",
    what: "a key twice, in two spellings",
    policy: when({
      StringEquals: {
        ...AUD,
        "gitlab.com:sub": MAIN,
        "GITLAB.com:sub": "project_path:x/y:ref_type:tag:ref:z",
      },
    }),
  },
  {
    rule: "anded-equalities",
    lint: "fires",
    what: "a value that is excluded again",
    policy: when({ StringEquals: { ...AUD, ...SUB }, StringNotEquals: SUB }),
  },
  {
    rule: "anded-equalities",
    lint: "silent",
    what: "a value that fits the pattern",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      StringLike: { "gitlab.com:sub": "project_path:acme/shop:*" },
    }),
  },
  {
    rule: "anded-equalities",
    lint: "silent",
    what: "two patterns",
    policy: when({
      StringEquals: AUD,
      StringLike: { "gitlab.com:sub": "*a*" },
      StringNotLike: { "gitlab.com:sub": "*b*" },
    }),
  },
  {
    rule: "anded-equalities",
    lint: "silent",
    what: "a variable, whose value nobody knows yet",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:sub": "$" + "{aws:RequestedRegion}" },
      StringLike: { "gitlab.com:sub": "x" },
    }),
  },
  { rule: "github-sub", lint: "fires", what: "a copied subject", policy: subjectLike("repo:acme/shop:*") },
  {
    rule: "github-sub",
    lint: "corrects",
    what: "a copied subject, the job known",
    policy: subjectLike("repo:acme/shop:*"),
    options: JOB,
  },
  {
    rule: "github-sub",
    lint: "silent",
    what: "GitHub's own provider",
    policy: policyOf(GOOD, {
      ...GOOD,
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
      Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:acme/shop:*" } },
    }),
  },
  {
    rule: "ref-type-mr",
    lint: "corrects",
    what: "mr",
    policy: subjectLike("project_path:acme/shop:ref_type:mr:ref:fix/*"),
  },
  {
    rule: "ref-type-mr",
    lint: "corrects",
    what: "merge_request beside a branch",
    policy: subjectEquals([MAIN, "project_path:acme/shop:ref_type:merge_request:ref:1"]),
  },
  {
    rule: "ref-type-mr",
    lint: "silent",
    what: "a branch of that name",
    policy: subjectEquals("project_path:acme/shop:ref_type:branch:ref:mr"),
  },
  {
    rule: "case",
    lint: "corrects",
    what: "a subject in other case",
    policy: subjectEquals(MAIN.replace("acme", "Acme")),
    options: JOB,
  },
  {
    rule: "case",
    lint: "corrects",
    what: "an audience in other case",
    policy: when({ StringEquals: { "gitlab.com:aud": "https://GitLab.com", ...SUB } }),
    options: JOB,
  },
  {
    rule: "case",
    lint: "corrects",
    what: "a provider in other case",
    policy: trusting(PROVIDER.replace("gitlab", "GitLab")),
    options: JOB,
  },
  {
    rule: "case",
    lint: "corrects",
    what: "a subject in other case beside a pattern that fits",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:sub": MAIN.toUpperCase() },
      StringLike: { "gitlab.com:sub": "project_path:acme/*" },
    }),
    options: JOB,
  },
  {
    rule: "case",
    lint: "silent",
    what: "a variable, whose value nobody knows yet",
    policy: subjectEquals(`PROJECT_PATH:${"$"}{sts:RoleSessionName}`),
    options: JOB,
  },
  {
    rule: "case",
    lint: "silent",
    what: "the right case in another statement",
    policy: policyOf(GOOD, {
      ...GOOD,
      Condition: { StringEquals: { ...AUD, "gitlab.com:sub": MAIN.toUpperCase() } },
    }),
    options: JOB,
  },
  {
    rule: "case",
    lint: "silent",
    what: "nothing known of the job",
    policy: subjectEquals(MAIN.toUpperCase()),
  },
  {
    rule: "case",
    lint: "silent",
    what: "another subject",
    policy: subjectEquals("project_path:x/y:ref_type:branch:ref:z"),
    options: JOB,
  },
  {
    rule: "tag-vs-branch",
    lint: "corrects",
    what: "a tag against a branch",
    policy: policyOf(GOOD),
    options: TAG,
  },
  {
    rule: "tag-vs-branch",
    lint: "silent",
    what: "a statement for each",
    policy: subjectLike("project_path:acme/shop:ref_type:tag:ref:*", MAIN),
    options: TAG,
  },
  {
    rule: "tag-vs-branch",
    lint: "silent",
    what: "another branch",
    policy: subjectEquals(MAIN.replace("main", "x")),
    options: JOB,
  },
  {
    rule: "tag-vs-branch",
    lint: "silent",
    what: "a type that exists nowhere",
    policy: subjectEquals("project_path:acme/shop:ref_type:mr:ref:x"),
    options: JOB,
  },
  {
    rule: "tag-vs-branch",
    lint: "silent",
    what: "a subject without type",
    policy: subjectEquals("project_path:acme/shop"),
    options: JOB,
  },
  {
    rule: "old-sub",
    lint: "corrects",
    what: "a subject that begins with the identifier now",
    policy: policyOf(GOOD),
    options: { ...JOB, subject: "project_id:4711:ref_type:branch:ref:main" },
  },
  {
    rule: "old-sub",
    lint: "silent",
    what: "another project",
    policy: subjectEquals(MAIN.replace("shop", "api")),
    options: JOB,
  },
  {
    rule: "old-sub",
    lint: "silent",
    what: "a pattern that is cut off",
    policy: subjectLike("project_path:acme/api/*"),
    options: JOB,
  },
  {
    rule: "old-sub",
    lint: "silent",
    what: "a pattern with a rest",
    policy: subjectLike("project_path:acme/api:*"),
    options: JOB,
  },
  {
    rule: "old-sub",
    lint: "silent",
    what: "GitHub's format",
    policy: subjectLike("repo:acme/shop:*"),
    options: JOB,
  },
  {
    rule: "aud-mismatch",
    lint: "corrects",
    what: "another audience",
    policy: when({ StringEquals: { "gitlab.com:aud": ["sts.amazonaws.com", "b"], ...SUB } }),
    options: JOB,
  },
  { rule: "aud-mismatch", lint: "silent", what: "the same audience", policy: policyOf(GOOD), options: JOB },
  {
    rule: "aud-mismatch",
    lint: "silent",
    what: "an audience in other case, which has its own rule",
    policy: when({ StringEquals: { "gitlab.com:aud": "HTTPS://gitlab.com", ...SUB } }),
    options: JOB,
  },
  { rule: "aud-mismatch", lint: "silent", what: "nothing known of the job", policy: policyOf(GOOD) },
  {
    rule: "multi-aud",
    lint: "fires",
    what: "two audiences in the token",
    policy: policyOf(GOOD),
    options: { audiences: ["a", "b"] },
  },
  {
    rule: "multi-aud",
    lint: "silent",
    what: "two audiences in the policy",
    policy: when({ StringEquals: { "gitlab.com:aud": ["https://gitlab.com", "b"], ...SUB } }),
    options: JOB,
  },
  {
    rule: "old-version",
    lint: "corrects",
    what: "a variable without version",
    policy: {
      Statement: {
        ...GOOD,
        Condition: { StringEquals: { ...AUD, ...SUB, "sts:RoleSessionName": "$" + "{aws:RequestedRegion}" } },
      },
    },
  },
  {
    rule: "old-version",
    lint: "silent",
    what: "a variable with version",
    policy: when({ StringEquals: { ...AUD, ...SUB, "sts:RoleSessionName": "$" + "{aws:RequestedRegion}" } }),
  },
  {
    rule: "old-version",
    lint: "silent",
    what: "the text of a variable under an operator that takes none",
    policy: {
      Statement: {
        ...GOOD,
        Condition: { StringEquals: { ...AUD, ...SUB }, Null: { "aws:SourceIp": "$" + "{x}" } },
      },
    },
  },
  {
    rule: "policy-size",
    lint: "fires",
    what: "many statements",
    policy: policyOf(...Array.from({ length: 12 }, () => GOOD)),
  },
  { rule: "policy-size", lint: "silent", what: "one statement", policy: policyOf(GOOD) },
  { rule: "everyone", lint: "fires", what: "a bare asterisk", policy: policyOf({ ...GOOD, Principal: "*" }) },
  { rule: "everyone", lint: "corrects", what: "a federated asterisk", policy: trusting("*"), options: JOB },
  { rule: "everyone", lint: "silent", what: "the provider", policy: policyOf(GOOD) },
  {
    rule: "no-sub",
    lint: "corrects",
    what: "only an audience, in a policy without version",
    policy: { Statement: { ...GOOD, Condition: { StringEquals: AUD } } },
    options: JOB,
  },
  { rule: "no-sub", lint: "fires", what: "only an audience", policy: when({ StringEquals: AUD }) },
  {
    rule: "no-sub",
    lint: "corrects",
    what: "only an audience, the job known",
    policy: when({ StringEquals: AUD }),
    options: JOB,
  },
  {
    rule: "no-sub",
    lint: "fires",
    what: "no condition, two providers",
    policy: policyOf({ ...GOOD, Principal: { Federated: [PROVIDER, SELF_MANAGED] }, Condition: undefined }),
    options: JOB,
  },
  { rule: "no-sub", lint: "silent", what: "both", policy: policyOf(GOOD) },
  {
    rule: "no-sub",
    lint: "silent",
    what: "a statement that denies",
    policy: policyOf(GOOD, { ...GOOD, Effect: "Deny", Condition: undefined }),
  },
  { rule: "no-aud", lint: "fires", what: "only a subject", policy: when({ StringEquals: SUB }) },
  {
    rule: "no-aud",
    lint: "corrects",
    what: "only a subject, the job known",
    policy: when({ StringEquals: SUB }),
    options: JOB,
  },
  {
    rule: "no-aud",
    lint: "fires",
    what: "only a subject, two audiences known",
    policy: when({ StringEquals: SUB }),
    options: { audiences: ["a", "b"] },
  },
  { rule: "no-aud", lint: "silent", what: "both", policy: policyOf(GOOD) },
  {
    rule: "forall",
    lint: "corrects",
    what: "on sub",
    policy: when({ StringEquals: AUD, "ForAllValues:StringEquals": SUB }),
  },
  {
    rule: "forall",
    lint: "corrects",
    what: "on aud, with IfExists",
    policy: when({ StringEquals: SUB, "ForAllValues:StringEqualsIfExists": AUD }),
  },
  {
    rule: "forall",
    lint: "fires",
    what: "with Null, which would admit others without it",
    policy: when({ StringEquals: AUD, "ForAllValues:Null": { "gitlab.com:sub": "true" } }),
  },
  {
    rule: "forall",
    lint: "silent",
    what: "on a key with several values",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      "ForAllValues:StringEquals": { "aws:TagKeys": "Team" },
    }),
  },
  {
    rule: "ifexists",
    lint: "corrects",
    what: "on sub",
    policy: when({
      StringEquals: AUD,
      StringLikeIfExists: { "gitlab.com:sub": "project_path:acme/shop:ref_type:tag:ref:release/*" },
    }),
  },
  {
    rule: "ifexists",
    lint: "fires",
    what: "beside the plain operator",
    policy: when({ StringEquals: { ...AUD, ...SUB }, StringEqualsIfExists: SUB }),
  },
  {
    rule: "ifexists",
    lint: "silent",
    what: "on another key",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      StringEqualsIfExists: { "aws:RequestedRegion": "eu-west-1" },
    }),
  },
  {
    rule: "negated-only",
    lint: "fires",
    what: "only exclusions",
    policy: when({ StringEquals: AUD, StringNotLike: { "gitlab.com:sub": "*evil*" } }),
  },
  {
    rule: "negated-only",
    lint: "corrects",
    what: "only exclusions, the job known",
    policy: when({ StringEquals: AUD, StringNotLike: { "gitlab.com:sub": "*evil*" } }),
    options: JOB,
  },
  {
    rule: "negated-only",
    lint: "fires",
    what: "only that the key exists",
    policy: when({ StringEquals: SUB, Null: { "gitlab.com:aud": "false" } }),
  },
  {
    rule: "negated-only",
    lint: "silent",
    what: "exclusions beside a demand",
    policy: when({ StringEquals: { ...AUD, ...SUB }, StringNotLike: { "gitlab.com:sub": "*evil*" } }),
  },
  { rule: "wide-sub", lint: "fires", what: "everything", policy: subjectLike("*") },
  {
    rule: "wide-sub",
    lint: "fires",
    what: "every project",
    policy: subjectLike("project_path:*:ref_type:branch:ref:main"),
  },
  {
    rule: "wide-sub",
    lint: "fires",
    what: "a group",
    policy: subjectLike("project_path:acme/*:ref_type:branch:ref:main"),
  },
  {
    rule: "wide-sub",
    lint: "corrects",
    what: "a group, the job known",
    policy: subjectLike("project_path:acme/*:ref_type:branch:ref:main"),
    options: JOB,
  },
  {
    rule: "wide-sub",
    lint: "fires",
    what: "a subject without project",
    policy: subjectLike("ref_type:branch:ref:release/*"),
  },
  {
    rule: "wide-sub",
    lint: "silent",
    what: "one project",
    policy: subjectLike("project_path:acme/shop:ref_type:branch:ref:release/*"),
  },
  {
    rule: "wide-sub",
    lint: "silent",
    what: "one project by its identifier",
    policy: subjectLike("project_id:4711:ref_type:branch:ref:release/*"),
  },
  {
    rule: "wide-sub",
    lint: "silent",
    what: "an asterisk without force",
    policy: subjectEquals("project_path:*"),
  },
  {
    rule: "group-prefix",
    lint: "corrects",
    what: "one of two groups",
    policy: subjectLike("project_path:acme*:ref_type:branch:ref:main", MAIN),
  },
  {
    rule: "group-prefix",
    lint: "corrects",
    what: "a group without its slash",
    policy: subjectLike("project_path:acme*:ref_type:branch:ref:main"),
  },
  {
    rule: "group-prefix",
    lint: "fires",
    what: "a cut project",
    policy: subjectLike("project_path:acme/sh*:ref_type:branch:ref:main"),
  },
  {
    rule: "group-prefix",
    lint: "corrects",
    what: "a cut project, the job known",
    policy: subjectLike("project_path:acme/sh*"),
    options: JOB,
  },
  {
    rule: "group-prefix",
    lint: "fires",
    what: "a cut identifier",
    policy: subjectLike("project_id:47*:ref_type:branch:ref:main"),
  },
  {
    rule: "group-prefix",
    lint: "silent",
    what: "a group with its slash",
    policy: subjectLike("project_path:acme/*"),
  },
  {
    rule: "ref-star",
    lint: "fires",
    what: "any branch",
    policy: subjectLike("project_path:acme/shop:ref_type:branch:ref:*"),
  },
  {
    rule: "ref-star",
    lint: "corrects",
    what: "any ref, the job known",
    policy: subjectLike("project_path:acme/shop:ref_type:*:ref:*"),
    options: JOB,
  },
  {
    rule: "ref-star",
    lint: "fires",
    what: "whatever follows the project",
    policy: subjectLike("project_path:acme/shop:*"),
  },
  {
    rule: "ref-star",
    lint: "fires",
    what: "branch or tag of one name",
    policy: subjectLike("project_path:acme/shop:ref_type:*:ref:main"),
  },
  {
    rule: "ref-star",
    lint: "silent",
    what: "one branch in a group",
    policy: subjectLike("project_path:acme/*:ref_type:branch:ref:main"),
  },
  {
    rule: "ref-star",
    lint: "silent",
    what: "any protected branch, by the subject",
    policy: subjectLike("project_path:acme/shop:ref_type:branch:ref_protected:true:ref:*"),
  },
  {
    rule: "ref-star",
    lint: "silent",
    what: "any protected branch, by the key of gitlab.com",
    policy: when({
      StringEquals: { ...AUD, "gitlab.com:ref_protected": "true" },
      StringLike: { "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:*" },
    }),
  },
  {
    rule: "prefix-glob",
    lint: "fires",
    what: "a cut branch",
    policy: subjectLike("project_path:acme/shop:ref_type:branch:ref:release*"),
  },
  {
    rule: "prefix-glob",
    lint: "corrects",
    what: "a suffix, the job known",
    policy: subjectLike("project_path:acme/shop:ref_type:branch:ref:*-prod"),
    options: JOB,
  },
  {
    rule: "prefix-glob",
    lint: "silent",
    what: "a folder of branches",
    policy: subjectLike("project_path:acme/shop:ref_type:branch:ref:release/*"),
  },
  {
    rule: "prefix-glob",
    lint: "silent",
    what: "protected tags",
    policy: subjectLike("project_path:acme/shop:ref_type:tag:ref_protected:true:ref:v*"),
  },
  {
    rule: "set-operator",
    lint: "corrects",
    what: "on sub",
    policy: when({ StringEquals: AUD, "ForAnyValue:StringEquals": SUB }),
  },
  {
    rule: "set-operator",
    lint: "fires",
    what: "with Null",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      "ForAnyValue:Null": { "gitlab.com:sub": "false" },
      Null: { "gitlab.com:sub": "false" },
    }),
  },
  {
    rule: "set-operator",
    lint: "silent",
    what: "on amr",
    policy: when({
      StringEquals: { ...AUD, ...SUB },
      "ForAnyValue:StringEquals": { "gitlab.com:amr": "mfa" },
    }),
  },
  { rule: "like-without-wildcard", lint: "corrects", what: "a plain subject", policy: subjectLike(MAIN) },
  {
    rule: "like-without-wildcard",
    lint: "silent",
    what: "one pattern of two",
    policy: subjectLike(MAIN, "project_path:acme/shop:ref_type:tag:ref:release/*"),
  },
  { rule: "no-version", lint: "corrects", what: "no version", policy: { Statement: GOOD } },
  {
    rule: "no-version",
    lint: "corrects",
    what: "the old version",
    policy: { Version: "2008-10-17", Statement: GOOD },
  },
  { rule: "no-version", lint: "silent", what: "the current version", policy: policyOf(GOOD) },
];

const findingsOf = (example: Example): readonly LintFinding[] =>
  lintTrustPolicy(parse(example.policy), example.options).filter(({ id }) => id === example.rule);

/** Puts the corrected text where the finding says, as a user would. */
function applyCorrection(policy: Json, { correction }: LintFinding): Json {
  if (correction === undefined) return policy;
  const document = JSON.parse(renderPolicy(parse(policy)));
  const index = /^Statement\[(\d+)\]$/.exec(correction.place)?.[1];
  if (index === undefined) return { ...document, [correction.place]: JSON.parse(correction.text) };
  return { ...document, Statement: document.Statement.with(Number(index), JSON.parse(correction.text)) };
}

describe("lintTrustPolicy", () => {
  const firing = EXAMPLES.filter(({ lint }) => lint !== "silent");

  it.each(firing)("$rule finds $what", (example) => {
    const [finding] = findingsOf(example);
    expect(finding?.correction === undefined ? "fires" : "corrects").toBe(example.lint);
    expect(finding?.message).toMatch(/^.*[.:] .*\.$/s);
    expect(finding?.place).toMatch(/^(Statement|Version)/);
  });

  it.each(EXAMPLES.filter(({ lint }) => lint === "silent"))("$rule is silent on $what", (example) => {
    expect(findingsOf(example)).toEqual([]);
  });

  it.each(EXAMPLES.filter(({ lint }) => lint === "corrects"))(
    "$rule is content with its own correction of $what",
    (example) => {
      const [finding] = findingsOf(example);
      if (finding === undefined) throw new Error("expected a finding");
      const corrected = { ...example, policy: applyCorrection(example.policy, finding) };
      expect(findingsOf(corrected)).toEqual([]);
    },
  );

  it.each<readonly [what: string, policy: Json]>([
    [
      "the version",
      {
        Statement: {
          ...GOOD,
          Condition: { StringEquals: { ...AUD, "gitlab.com:sub": variable("gitlab.com:sub") } },
        },
      },
    ],
    ["the action", policyOf({ ...GOOD, Action: "sts:AssumeRole", Condition: { StringEquals: AUD } })],
    ["the operator", subjectEquals("project_path:acme/*:ref_type:branch:ref:main")],
    ["the principal", policyOf({ ...GOOD, Principal: { AWS: "*" }, Condition: undefined })],
  ])("offers no correction of %s that lets too many in", (_, policy) => {
    const found = lintTrustPolicy(parse(policy), JOB).filter(({ message }) =>
      message.endsWith("narrow it first."),
    );
    expect(found).not.toEqual([]);
    const corrected = found.filter(({ correction }) => correction !== undefined);
    for (const finding of corrected) {
      const left = lintTrustPolicy(parse(applyCorrection(policy, finding)));
      expect(left.filter(({ severity }) => severity === "too-wide")).toEqual([]);
    }
    const alone = lintTrustPolicy(parse(policy)).filter(({ message }) =>
      message.endsWith("narrow it first."),
    );
    expect(alone.every(({ correction }) => correction === undefined)).toBe(true);
  });

  const strangers = (policy: Json) => lintTrustPolicy(parse(policy)).filter(({ id }) => id === "stranger");

  it.each<readonly [what: string, policy: Json, who: RegExp]>([
    [
      "a user's own group",
      subjectLike(`project_path:${variable("gitlab.com:user_login")}/shop:ref_type:branch:ref:main`),
      /a project that anyone can create/,
    ],
    [
      "a branch of the name of a pipeline's source, in one project",
      when({
        StringEquals: {
          ...AUD,
          "gitlab.com:project_id": "4711",
          "gitlab.com:sub": `project_path:acme/shop:ref_type:branch:ref:${variable("gitlab.com:pipeline_source")}`,
        },
      }),
      /a branch that GitLab does not protect/,
    ],
    [
      "a key of AWS that only the request has",
      subjectEquals(variable("aws:SourceVpc")),
      /a project that anyone can create/,
    ],
    [
      "several providers, of which one is not tested",
      policyOf({
        ...GOOD,
        Principal: { Federated: [PROVIDER, SELF_MANAGED] },
        Condition: { StringEqualsIfExists: { ...AUD, ...SUB } },
      }),
      /a project that anyone can create/,
    ],
  ])("finds out whom the conditions let in together: %s", (_, policy, who) => {
    const [finding, ...others] = strangers(policy);
    expect(finding).toMatchObject({ severity: "too-wide", place: "Statement[0].Condition" });
    expect(finding?.message).toMatch(who);
    expect(others).toEqual([]);
  });

  it("says of whom the conditions let in together nothing that another finding says", () => {
    expect(strangers(when({ StringEquals: AUD }))).toEqual([]);
    expect(strangers(subjectLike("project_path:acme/shop:*"))).toEqual([]);
    expect(strangers(policyOf(GOOD))).toEqual([]);
  });

  it("has an example that fires and one that does not for every rule", () => {
    const rules = [...new Set(LINT_RULES.map(({ id }) => id))].toSorted();
    const having = (lint: (example: Example) => boolean) =>
      [...new Set(EXAMPLES.filter(lint).map(({ rule }) => rule))].toSorted();
    expect(having(({ lint }) => lint !== "silent")).toEqual(rules);
    expect(having(({ lint }) => lint === "silent")).toEqual(rules);
  });

  it("finds nothing in a good policy", () => {
    expect(lintTrustPolicy(parse(policyOf(GOOD)), JOB)).toEqual([]);
  });

  it("leaves statements for other providers alone", () => {
    const others = [
      "arn:aws:iam::123456789012:saml-provider/corporate",
      "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC",
      "cognito-identity.amazonaws.com",
    ].map((federated) => ({
      Effect: "Allow",
      Principal: { Federated: federated },
      Action: "sts:AssumeRole",
    }));
    expect(lintTrustPolicy(parse(policyOf(GOOD, ...others)))).toEqual([]);
  });

  it("reads like this", () => {
    const policy = parse(
      policyOf({
        ...GOOD,
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "https://gitlab.com:sub": "project_path:acme*", "gitlab.com:ref": "main" },
          "ForAllValues:StringEquals": AUD,
        },
      }),
    );
    const report = lintTrustPolicy(policy).map(({ id, severity, place, message }) => [
      severity,
      id,
      place,
      message,
    ]);
    expect(report).toMatchInlineSnapshot(`
      [
        [
          "never-matches",
          "http-url",
          "Statement[0].Condition.StringEquals["https://gitlab.com:sub"]",
          "No request has the condition key "https://gitlab.com:sub". Write "gitlab.com:…", without "https://". That alone would make the policy too wide: narrow it first.",
        ],
        [
          "never-matches",
          "action",
          "Statement[0].Action",
          ""Action" does not allow "sts:AssumeRoleWithWebIdentity", which ID tokens need. Add it. That alone would make the policy too wide: narrow it first.",
        ],
        [
          "never-matches",
          "unknown-claim",
          "Statement[0].Condition.StringEquals["gitlab.com:ref"]",
          "No request has the condition key "gitlab.com:ref": AWS does not offer this claim. "ref" is part of "sub": test it there, not under this key.",
        ],
        [
          "never-matches",
          "eq-wildcard",
          "Statement[0].Condition.StringEquals["https://gitlab.com:sub"]",
          ""StringEquals" takes "*" and "?" literally, so "https://gitlab.com:sub" never matches. Use "StringLike". That alone would make the policy too wide: narrow it first.",
        ],
        [
          "too-wide",
          "forall",
          "Statement[0].Condition["ForAllValues:StringEquals"]["gitlab.com:aud"]",
          ""ForAllValues" also holds when the token has no "gitlab.com:aud". Remove it.",
        ],
      ]
    `);
  });
});

describe("findUnjudged", () => {
  const unjudgedIn = (...statements: readonly Json[]) => {
    const policy = parse(policyOf(GOOD, ...statements));
    return findUnjudged(policy, lintTrustPolicy(policy)).map(({ place, trusts }) => [place, ...trusts]);
  };
  const assume = (principal: unknown, added: Json = {}) => ({
    Effect: "Allow",
    Principal: principal,
    Action: "sts:AssumeRole",
    ...added,
  });
  const organisation = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abc" } } };

  it.each<readonly [what: string, statement: Json, trusts: readonly string[]]>([
    ["an account", assume({ AWS: "123456789012" }), ["123456789012"]],
    [
      "services",
      assume({ Service: ["ec2.amazonaws.com", "lambda.amazonaws.com"] }),
      ["ec2.amazonaws.com", "lambda.amazonaws.com"],
    ],
    ["a bound everyone", assume("*", organisation), ["*"]],
    ["the same in other words", assume({ AWS: "*" }, organisation), ["*"]],
    [
      "a SAML provider",
      assume(
        { Federated: "arn:aws:iam::123456789012:saml-provider/corporate" },
        { Action: "sts:AssumeRoleWithSAML" },
      ),
      ["arn:aws:iam::123456789012:saml-provider/corporate"],
    ],
    [
      "GitHub with a condition of its own",
      {
        ...GOOD,
        Principal: { Federated: GITHUB_ARN },
        Condition: { StringLike: { [`${GITHUB}:sub`]: "repo:acme/shop:*" } },
      },
      [GITHUB_ARN],
    ],
    [
      "an account beside GitLab",
      { ...GOOD, Principal: { Federated: PROVIDER, AWS: "123456789012" } },
      ["123456789012"],
    ],
  ])("lists %s", (_, statement, trusts) => {
    expect(unjudgedIn(statement)).toEqual([["Statement[1]", ...trusts]]);
  });

  it.each<readonly [what: string, statement: Json]>([
    ["what a finding speaks of", assume({ AWS: "*" })],
    ["another GitLab", { ...GOOD, Principal: { Federated: SELF_MANAGED } }],
    ["a Deny", { ...assume("*"), Effect: "Deny" }],
    [
      "what lets nobody in",
      assume({ AWS: "123456789012" }, { Action: ["sts:TagSession", "sts:SetSourceIdentity"] }),
    ],
  ])("leaves out %s", (_, statement) => {
    expect(unjudgedIn(statement)).toEqual([]);
  });
});

describe("buildLintOptions", () => {
  it("takes from a request what the rules compare with", () => {
    expect(JOB).toEqual({
      issuer: "https://gitlab.com",
      role: ROLE,
      audiences: ["https://gitlab.com"],
      project: { path: "acme/shop", id: "4711" },
      subject: MAIN,
    });
  });

  it("takes the authorized party for the audience, and no subject where there is none", () => {
    const context = contextOf({ job: "main", claims: { azp: "client", sub: null } });
    expect(buildLintOptions(context)).toEqual({
      issuer: "https://gitlab.com",
      role: ROLE,
      audiences: ["client"],
      project: { path: "acme/shop", id: "4711" },
    });
  });
});
