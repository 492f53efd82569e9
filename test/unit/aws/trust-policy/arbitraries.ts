import fc from "fast-check";
import {
  COMPARISON_OPERATOR_NAMES,
  type ComparisonOperatorName,
  isOperatorName,
  type OperatorName,
} from "../../../../src/aws/trust-policy/operators.ts";
import type { ConditionTest, Statement, TrustPolicy } from "../../../../src/aws/trust-policy/policy.ts";
import { buildProviderArn } from "../../../../src/aws/trust-policy/provider.ts";
import {
  buildRequestContext,
  type WebIdentityRequestContext,
} from "../../../../src/aws/trust-policy/request-context.ts";
import { ROLE } from "./vectors.ts";

const ISSUERS = ["https://gitlab.com", "https://gitlab.example.com", "https://example.com/gitlab"];

/** Names that collide, prefix each other and differ in case, as real ones do. */
const project = fc.constantFrom("acme/shop", "acme/shop2", "acme/team/shop", "acme-evil/shop", "Acme/shop");
const ref = fc.constantFrom("main", "Main", "release/1.0", "release-1", "v1.0", "feature/x", "$" + "{aws:x}");

const subject = fc
  .record({ project, refType: fc.constantFrom("branch", "tag"), ref })
  .map((job) => `project_path:${job.project}:ref_type:${job.refType}:ref:${job.ref}`);

const digits = fc.integer({ min: 1, max: 9999 }).map(String);

/** The claims of a GitLab ID token, some of them absent. */
export const claims = (issuer: string): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc
    .record(
      {
        sub: subject,
        aud: fc.constantFrom<unknown>(issuer, "sts.amazonaws.com", [issuer]),
        amr: fc.constantFrom<unknown>(["pwd"], ["pwd", "mfa"], [], ""),
        project_id: fc.oneof(digits, fc.integer({ min: 1, max: 9999 })),
        namespace_id: digits,
        ref_protected: fc.constantFrom("true", "false", true),
        pipeline_source: fc.constantFrom("push", "merge_request_event", "schedule"),
        user_login: fc.constant("secret-login-7f3a"),
        user_email: fc.constant("secret-7f3a@example.com"),
        user_id: fc.constant("secret-id-7f3a"),
        user_identities: fc.constant([{ provider: "github", extern_uid: "secret-uid-7f3a" }]),
      },
      { requiredKeys: ["sub", "aud"] },
    )
    .map((rest) => ({ iss: issuer, ...rest }));

/** A request of a GitLab job. */
export const context: fc.Arbitrary<WebIdentityRequestContext> = fc
  .constantFrom(...ISSUERS)
  .chain((issuer) =>
    fc.record(
      {
        issuer: fc.constant(issuer),
        role: fc.constant(ROLE),
        claims: claims(issuer),
        sessionName: fc.constantFrom("GitLabRunner-1-2", "*"),
        now: fc.date({ min: new Date("2026-01-01"), max: new Date("2027-01-01"), noInvalidDate: true }),
        sourceIp: fc.constantFrom("203.0.113.7", "2001:db8::1"),
        region: fc.constantFrom("eu-west-1", "us-east-1"),
      },
      { requiredKeys: ["issuer", "role", "claims"] },
    ),
  )
  .map(buildRequestContext);

const prefix = fc.constantFrom("gitlab.com", "gitlab.example.com", "example.com/gitlab", "GITLAB.com");

const claimName = fc.constantFrom(
  "sub",
  "aud",
  "amr",
  "oaud",
  "project_id",
  "ref_protected",
  "user_login",
  "user_email",
  "user_id",
  "environment",
);

const key = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(prefix, claimName).map(([host, name]) => `${host}:${name}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("aws:CurrentTime", "aws:SourceIp", "sts:RoleSessionName", "aws:PrincipalArn"),
  },
);

const pattern = fc.oneof(
  subject,
  subject.map((text) => text.replace(/ref:.*$/, "ref:*")),
  subject.map((text) => text.replace("acme", "a?me")),
  fc.constantFrom("*", "", "https://gitlab.com", "pwd", "mfa", "true", "false", "1", "9999", "2026-06-01"),
  fc.constantFrom("203.0.113.0/24", "arn:aws:iam::*:role/x", "$" + "{gitlab.com:project_id}", "$" + "{*}"),
);

const values = fc.array(pattern, { minLength: 1, maxLength: 3 });

const qualify = (base: string): fc.Arbitrary<OperatorName> =>
  fc
    .tuple(
      fc.constantFrom("", "", "", "ForAllValues:", "ForAnyValue:"),
      fc.constant(base),
      fc.constantFrom("", "", "IfExists"),
    )
    .map((parts) => parts.join(""))
    .filter(isOperatorName);

/** Any operator with any modifiers. */
export const operator: fc.Arbitrary<OperatorName> = fc
  .constantFrom(
    ...COMPARISON_OPERATOR_NAMES,
    "Null",
    "StringEquals",
    "StringLike",
    "StringNotLike",
    "StringNotEquals",
  )
  .chain(qualify);

/** What an operator demands of a key, mostly of one that a token can have. */
export const test: fc.Arbitrary<ConditionTest> = operator.chain((name) =>
  fc.record({
    operator: fc.constant(name),
    key,
    values: name.endsWith("Null") ? fc.constantFrom(["true"], ["false"]) : values,
  }),
);

/** Tests with each operator and key at most once. */
export const tests: fc.Arbitrary<readonly ConditionTest[]> = fc.uniqueArray(test, {
  maxLength: 4,
  selector: ({ operator: name, key: tested }) => `${name} ${tested}`,
});

const provider = fc.constantFrom(...ISSUERS).map((issuer) => buildProviderArn(ROLE, issuer));

const principal: fc.Arbitrary<Statement["principal"]> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .uniqueArray(provider, { minLength: 1, maxLength: 3 })
      .map((ids): Statement["principal"] => ({ kind: "listed", entries: [{ type: "Federated", ids }] })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Statement["principal"]>({
      kind: "listed",
      entries: [{ type: "AWS", ids: ["*"] }],
    }),
  },
  { weight: 1, arbitrary: fc.constant<Statement["principal"]>({ kind: "everyone" }) },
);

const action: fc.Arbitrary<Statement["action"]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constant<Statement["action"]>({
      element: "Action",
      patterns: ["sts:AssumeRoleWithWebIdentity"],
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<Statement["action"]>({
      element: fc.constantFrom("Action", "NotAction"),
      patterns: fc.uniqueArray(
        fc.constantFrom("sts:*", "sts:AssumeRole", "sts:TagSession", "STS:assumerolewith*"),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
    }),
  },
);

/** A statement of any effect. */
export const statement: fc.Arbitrary<Statement> = fc.record({
  effect: fc.constantFrom("Allow", "Allow", "Deny"),
  principal,
  action,
  conditions: tests,
});

/** A policy that IAM would take. */
export const policy: fc.Arbitrary<TrustPolicy> = fc.record(
  {
    version: fc.constantFrom("2008-10-17", "2012-10-17", "2012-10-17"),
    statements: fc.array(statement, { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ["statements"] },
);

/** Positive and negated operators of the same comparison. */
export const COMPLEMENTS: readonly (readonly [ComparisonOperatorName, ComparisonOperatorName])[] = [
  ["StringEquals", "StringNotEquals"],
  ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
  ["StringLike", "StringNotLike"],
  ["NumericEquals", "NumericNotEquals"],
  ["DateEquals", "DateNotEquals"],
  ["IpAddress", "NotIpAddress"],
  ["ArnEquals", "ArnNotEquals"],
  ["ArnLike", "ArnNotLike"],
];

export { pattern, subject, values };
