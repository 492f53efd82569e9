import fc from "fast-check";
import {
  COMPARISON_OPERATOR_NAMES,
  type ComparisonOperatorName,
  isOperatorName,
  type OperatorName,
} from "../../../../src/aws/trust-policy/model/operators.ts";
import type { ConditionTest, Statement, TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import { buildProviderArn, issuerPrefix } from "../../../../src/aws/trust-policy/model/provider.ts";
import {
  buildRequestContext,
  claimValues,
  type WebIdentityRequestContext,
} from "../../../../src/aws/trust-policy/model/request.ts";
import { ROLE } from "./vectors.ts";

const ISSUERS = ["https://gitlab.com", "https://gitlab.example.com", "https://example.com/gitlab"];

/** Names that collide, prefix each other and differ in case, as real ones do. */
const project = fc.constantFrom("acme/shop", "acme/shop2", "acme/team/shop", "acme-evil/shop", "Acme/shop");
const ref = fc.constantFrom("main", "Main", "release/1.0", "release-1", "v1.0", "feature/x", `$\{aws:x}`);

const subject = fc
  .record({ project, refType: fc.constantFrom("branch", "tag"), ref })
  .map((job) => `project_path:${job.project}:ref_type:${job.refType}:ref:${job.ref}`);

const digits = fc.integer({ min: 10_000, max: 99_999 }).map(String);

/** Claims that GitLab does not issue yet, and that need actions of their own. */
const sessionClaims: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constant({
      "https://aws.amazon.com/tags": {
        principal_tags: { Project: ["shop"], Stage: ["prod"] },
        transitive_tag_keys: ["Project"],
      },
    }),
  },
  { weight: 1, arbitrary: fc.constant({ "https://aws.amazon.com/source_identity": "acme-shop" }) },
);

/** The claims of a GitLab ID token, some of them absent. */
export const claims = (issuer: string): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc
    .record(
      {
        sub: subject,
        aud: fc.constantFrom<unknown>(issuer, "sts.amazonaws.com", [issuer]),
        amr: fc.constantFrom<unknown>(["pwd"], ["pwd", "mfa"], [], "mfa", ""),
        project_id: fc.oneof(digits, fc.integer({ min: 10_000, max: 99_999 })),
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
    .chain((rest) => sessionClaims.map((further) => ({ iss: issuer, ...rest, ...further })));

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

/**
 * A request of a job of which everything is known.
 *
 * @param always claims that its token has besides, as GitLab always gives them
 */
export function completeRequest(
  always: Readonly<Record<string, fc.Arbitrary<string>>>,
): fc.Arbitrary<WebIdentityRequestContext> {
  return fc.record({ partial: context, added: fc.record(always) }).map(({ partial, added }) =>
    buildRequestContext({
      ...partial,
      claims: { ...partial.claims, ...added },
      sessionName: "GitLabRunner-1-2",
      sourceIp: "203.0.113.7",
      region: "eu-west-1",
      now: new Date("2026-11-20T10:00:00Z"),
    }),
  );
}

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
    weight: 3,
    arbitrary: fc.constantFrom(
      "aws:CurrentTime",
      "aws:EpochTime",
      "aws:SourceIp",
      "sts:RoleSessionName",
      "aws:FederatedProvider",
      "aws:PrincipalArn",
      "aws:PrincipalAccount",
      "aws:SecureTransport",
      "aws:RequestedRegion",
    ),
  },
);

const variable = (name: string) => `$\{${name}}`;

const pattern = fc.oneof(
  subject,
  subject.map((text) => text.replace(/ref:.*$/, "ref:*")),
  subject.map((text) => text.replace("acme", "a?me")),
  fc.constantFrom("*", "", "https://gitlab.com", "pwd", "mfa", "true", "false", "1", "9999"),
  fc.constantFrom(variable("gitlab.com:project_id"), variable("gitlab.com:amr"), variable("*")),
);

const ARNS = [
  "arn:aws:iam::*:oidc-provider/*",
  "arn:aws:iam::123456789012:oidc-provider/gitlab.com",
  "arn:*:role/x",
];

/** Values that IAM takes for each kind of operator: it refuses a policy with any other. */
const VALUES: readonly (readonly [RegExp, fc.Arbitrary<string>])[] = [
  [/Null/, fc.constantFrom("true", "false")],
  [/Bool/, fc.constantFrom("true", "false", "TRUE")],
  [/Numeric/, fc.constantFrom("0", "1", "50000.5", "99999", "-3")],
  [/Date/, fc.constantFrom("2026-06-01", "2026-11-20T10:00:00Z", "2026-11-20T12:00:00+02:00", "1795168801")],
  [/IpAddress/, fc.constantFrom("203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "0.0.0.0/0", "10.0.0.0/8")],
  [/Binary/, fc.constantFrom("cHdk", "bWZh", "dHJ1ZQ==")],
  [/Arn/, fc.constantFrom(...ARNS)],
  [/String/, pattern],
];

const valueFor = (name: string): fc.Arbitrary<string> =>
  VALUES.find(([kind]) => kind.test(name))?.[1] ?? pattern;

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
    values: fc.array(valueFor(name), { minLength: 1, maxLength: name.endsWith("Null") ? 1 : 3 }),
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
  { weight: 2, arbitrary: fc.constant<Statement["action"]>({ element: "Action", patterns: ["sts:*"] }) },
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

/** A test that a request often passes: it names what the request has, or something near. */
export const testNear = ({
  claims: known,
  issuer,
}: WebIdentityRequestContext): fc.Arbitrary<ConditionTest> => {
  const names = Object.keys(known).filter((name) => claimValues(known[name]).length > 0 && name !== "iss");
  const near = (value: string) =>
    fc.constantFrom(
      value,
      value,
      value.replace(/[^:/]*$/, "*"),
      value.replace(/^[^:/]*/, "*"),
      value.replace(/.$/, "?"),
      value.toUpperCase(),
      variable("gitlab.com:sub, 'x'"),
    );
  return fc.constantFrom(...names).chain((name) => {
    const texts = claimValues(known[name]);
    const wanted = fc.oneof(...[...texts, "other"].map(near));
    const base = fc.constantFrom(
      "StringEquals",
      "StringLike",
      "StringLike",
      "StringEqualsIgnoreCase",
      "StringNotLike",
    );
    return fc.record({
      operator: base.chain(qualify),
      key: fc.constant(`${issuerPrefix(issuer)}:${name}`),
      values: fc.array(wanted, { minLength: 1, maxLength: 2 }),
    });
  });
};

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

/** A statement that is about the request's own provider, with conditions near its claims. */
const statementNear = (request: WebIdentityRequestContext): fc.Arbitrary<Statement> =>
  fc.record({
    effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
    principal: fc.constant<Statement["principal"]>({
      kind: "listed",
      entries: [{ type: "Federated", ids: [request.providerArn] }],
    }),
    action,
    conditions: fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: testNear(request) }, test), {
      maxLength: 3,
      selector: ({ operator: name, key: tested }) => `${name} ${tested}`,
    }),
  });

/** A policy that was written with the request in mind. */
export const policyNear = (request: WebIdentityRequestContext): fc.Arbitrary<TrustPolicy> =>
  fc.record(
    {
      version: fc.constantFrom("2008-10-17", "2012-10-17", "2012-10-17"),
      statements: fc.array(fc.oneof({ weight: 4, arbitrary: statementNear(request) }, statement), {
        minLength: 1,
        maxLength: 3,
      }),
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
