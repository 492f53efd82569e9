import { describe, expect, it } from "vitest";
import {
  findRoleOfPolicy,
  type ReviewedRequest,
  reviewTrustPolicy,
} from "../../../../src/aws/trust-policy/review.ts";
import { buildIdTokenClaims } from "../../../../stand-ins/gitlab-job.ts";

const ISS = "https://gitlab.com";
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
const SUB = "project_path:acme/shop:ref_type:branch:ref:main";
const CLAIMS = buildIdTokenClaims(ISS, {}, new Date("2026-11-23T04:00:00Z"));

const REQUEST: ReviewedRequest = {
  role: { arn: "arn:aws:iam::123456789012:role/deploy", partition: "aws", accountId: "123456789012" },
  issuer: ISS,
  claims: CLAIMS,
  otherClaims: "absent",
};

const STATEMENT = {
  Effect: "Allow",
  Principal: { Federated: PROVIDER },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { "gitlab.com:aud": ISS, "gitlab.com:sub": SUB } },
};

function policyOf(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** A policy for `sub` in one form or another. */
function askingFor(operator: string, sub: string | readonly string[]): string {
  const Condition = { StringEquals: { "gitlab.com:aud": ISS }, [operator]: { "gitlab.com:sub": sub } };
  return policyOf({
    ...STATEMENT,
    Condition:
      operator === "StringEquals"
        ? { StringEquals: { "gitlab.com:aud": ISS, "gitlab.com:sub": sub } }
        : Condition,
  });
}

const review = (policy: string, request: Partial<ReviewedRequest> = {}) =>
  reviewTrustPolicy(policy, { ...REQUEST, ...request });

describe("the three causes of GitLab's troubleshooting page come first", () => {
  it.each([
    ["another project", askingFor("StringEquals", SUB.replace("shop", "web"))],
    ["another group, by a pattern", askingFor("StringLike", "project_path:other/*:ref_type:branch:ref:main")],
    ["another provider", policyOf({ ...STATEMENT, Principal: { Federated: `${PROVIDER}x` } })],
    [
      "an IAM user only",
      policyOf({ ...STATEMENT, Principal: { AWS: "arn:aws:iam::123456789012:user/ada" } }),
    ],
    ["nobody", policyOf({ ...STATEMENT, Effect: "Deny", Condition: { Null: { "gitlab.com:sub": "true" } } })],
  ])("OIDC is not configured for the project: the policy admits %s", (_, policy) => {
    const { decision, causes } = review(policy);
    expect(decision).toBe("deny");
    expect(causes[0]?.reason).toMatch(/^OIDC is not configured for this project: /);
  });

  it.each([
    ["another branch", askingFor("StringEquals", SUB.replace("main", "release"))],
    ["tags", askingFor("StringLike", "project_path:acme/shop:ref_type:tag:ref:v*")],
    [
      "several, none of them this",
      askingFor(
        "StringEquals",
        ["a", "b"].map((ref) => SUB.replace("main", ref)),
      ),
    ],
  ])("the role is restricted to another branch or tag: %s", (_, policy) => {
    const { decision, causes } = review(policy);
    expect(decision).toBe("deny");
    expect(causes[0]).toMatchObject({ id: "other-ref" });
    expect(causes[0]?.reason).toMatch(/^The role is restricted to another branch or tag: /);
  });

  it("`StringEquals` is used with a wildcard", () => {
    const releases = SUB.replace("main", "release/*");
    const { decision, causes } = review(askingFor("StringEquals", releases), {
      claims: { ...CLAIMS, sub: SUB.replace("main", "release/1") },
    });
    expect(decision).toBe("deny");
    expect(causes[0]?.reason).toMatch(/^`StringEquals` is used with a wildcard/);
    expect(causes[0]?.fix).toContain("Use `StringLike`");
    expect(causes[0]?.fix).toContain(
      `"StringEquals": {"gitlab.com:sub":"${SUB.replace("main", "release/1")}"}`,
    );
  });

  it.each([
    "project_path:acme/*:ref_type:branch:ref:main",
    "project_path:acme/shop:*",
    "project_path:acme/shop:ref_type:*:ref:main",
    "project_path:acme/shop:ref_type:branch:ref:*",
    "*",
  ])("is not advised to let others in too: %s", (sub) => {
    const { decision, causes } = review(askingFor("StringEquals", sub));
    expect(decision).toBe("deny");
    expect(causes[0]).toMatchObject({
      id: "eq-wildcard",
      fix: `"StringEquals": {"gitlab.com:sub":"${SUB}"}`,
    });
  });
});

describe("reviewTrustPolicy", () => {
  it("has no cause to tell when the policy allows", () => {
    expect(review(policyOf(STATEMENT))).toMatchObject({ decision: "allow", causes: [], problems: [] });
  });

  it("speaks of the statement that comes closest, not of the others", () => {
    const web = { ...STATEMENT, Principal: { Federated: PROVIDER.replace("gitlab.com", "other.example") } };
    const other = JSON.parse(askingFor("StringEquals", SUB.replace("main", "next"))).Statement[0];
    const { causes } = review(policyOf(web, other));
    expect(causes).toHaveLength(1);
    expect(causes[0]?.reason).toContain("Statement[1]");
  });

  it("tells every condition of it that does not hold, `sub` before the others", () => {
    const Condition = {
      StringEquals: { "gitlab.com:aud": "sts.amazonaws.com", "gitlab.com:sub": SUB.replace("main", "next") },
    };
    const { causes } = review(policyOf({ ...STATEMENT, Condition }));
    expect(causes.map(({ id }) => id)).toEqual(["other-ref", "other-audience"]);
  });

  it("names a statement that denies, and what by", () => {
    const deny = {
      ...STATEMENT,
      Sid: "NotFromForks",
      Effect: "Deny",
      Condition: { StringEquals: { "gitlab.com:ref_protected": "true" } },
    };
    const { decision, causes } = review(policyOf(STATEMENT, deny));
    expect(decision).toBe("deny");
    expect(causes[0]?.reason).toBe(
      'Statement[1] ("NotFromForks") denies this job, by its condition on gitlab.com:ref_protected; a Deny overrides every Allow.',
    );
  });

  it("names a statement that denies everything", () => {
    const { Condition: _, ...deny } = { ...STATEMENT, Effect: "Deny" };
    expect(review(policyOf(STATEMENT, deny)).causes[0]?.reason).toContain("without a condition");
  });

  it.each([
    ["an account", { Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" }],
    ["GitLab by another action", { Action: "sts:AssumeRole" }],
    ["another provider", { Principal: { Federated: `${PROVIDER}x` } }],
  ])("advises a statement of its own beside one without conditions, for %s", (_, change) => {
    const { Condition: _condition, ...open } = STATEMENT;
    const { decision, causes } = review(policyOf({ ...open, ...change }));
    expect(decision).toBe("deny");
    for (const { fix } of causes) expect(fix).toMatch(/^Check that this is the right role/);
  });

  it("advises no version by which a key would be compared with itself", () => {
    const policy = askingFor("StringEquals", "\u0024{gitlab.com:sub}").replace("2012-10-17", "2008-10-17");
    expect(review(policy).causes[0]?.fix).toBe("Replace the variable with the value itself.");
  });

  it.each(["*", { AWS: "*" }])("advises no change of the principal of a Deny for %j", (Principal) => {
    const deny = { ...STATEMENT, Sid: "OnlyMain", Effect: "Deny", Principal };
    const elsewhere = { StringNotEquals: { "gitlab.com:sub": SUB.replace("main", "next") } };
    const certain = review(policyOf(STATEMENT, { ...deny, Condition: elsewhere }));
    expect(certain).toMatchObject({ decision: "deny", causes: [{ id: "explicit-deny" }] });
    const open = review(
      policyOf(STATEMENT, { ...deny, Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }),
    );
    expect(open).toMatchObject({
      decision: "unknown",
      causes: [
        {
          id: "open-deny",
          reason: expect.stringContaining(
            'Statement[1] ("OnlyMain") may deny this job: it depends on aws:SourceIp',
          ),
        },
      ],
    });
    expect(JSON.stringify([certain.causes, open.causes])).not.toMatch(/Principal|Federated/);
    const other = { StringEquals: { "gitlab.com:sub": SUB.replace("main", "next") } };
    expect(review(policyOf(STATEMENT, { ...deny, Condition: other })).decision).toBe("allow");
  });

  it("leaves it open whether everyone takes in ID tokens, and narrows that", () => {
    const { decision, causes } = review(policyOf({ ...STATEMENT, Principal: { AWS: "*" } }));
    expect(decision).toBe("unknown");
    expect(causes).toMatchObject([{ id: "everyone", fix: `"Principal": {"Federated": "${PROVIDER}"}` }]);
  });

  it("says when the action is that of another way in", () => {
    const { causes } = review(policyOf({ ...STATEMENT, Action: "sts:AssumeRole" }));
    expect(causes).toEqual([
      {
        id: "action-missing",
        reason: "Statement[0].Action allows sts:AssumeRole, but not sts:AssumeRoleWithWebIdentity.",
        fix: '"Action": "sts:AssumeRoleWithWebIdentity"',
      },
    ]);
  });

  it.each([
    ["value", { StringEquals: { "gitlab.com:pipeline_source": "schedule" } }, "another kind of pipeline"],
    ["case", { StringEquals: { "gitlab.com:sub": SUB.toUpperCase() } }, "upper and lower case"],
    ["no such claim here", { StringEquals: { "gitlab.com:project_path": "acme/shop" } }, "no condition key"],
    ["other issuer", { StringEquals: { "gitlab.example.com:sub": SUB } }, "another issuer"],
    ["excluded", { StringNotEquals: { "gitlab.com:sub": SUB } }, "excludes exactly what"],
    ["old version", { StringEquals: { "gitlab.com:sub": "\u0024{gitlab.com:sub}" } }, "plain text"],
  ])("explains a condition that does not hold: %s", (name, Condition, expected) => {
    const policy = policyOf({ ...STATEMENT, Condition });
    const old = name === "old version" ? policy.replace("2012-10-17", "2008-10-17") : policy;
    const { decision, causes } = review(old);
    expect(decision).toBe("deny");
    expect(causes[0]?.reason).toContain(expected);
  });

  it("leaves open something that only AWS can see", () => {
    const Condition = { ...STATEMENT.Condition, IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
    const { decision, causes } = review(policyOf({ ...STATEMENT, Condition }));
    expect(decision).toBe("unknown");
    expect(causes[0]?.reason).toContain("something that only AWS can see");
  });

  it("leaves open what was not said of a job that is only described", () => {
    const Condition = {
      StringEquals: { ...STATEMENT.Condition.StringEquals, "gitlab.com:project_id": "4711" },
    };
    const policy = policyOf({ ...STATEMENT, Condition });
    const { project_id: _, ...claims } = CLAIMS;
    expect(review(policy, { claims, otherClaims: "unknown" })).toMatchObject({
      decision: "unknown",
      causes: [{ id: "untold-claims", reason: expect.stringContaining("gitlab.com:project_id") }],
    });
    expect(review(policy, { claims }).decision).toBe("deny");
    expect(review(policy, { otherClaims: "unknown" }).decision).toBe("allow");
  });

  it("still refuses a described job for what was said of it", () => {
    const policy = askingFor("StringEquals", SUB.replace("main", "next"));
    expect(review(policy, { otherClaims: "unknown" }).decision).toBe("deny");
  });

  it("shows no personal claim, neither the token's nor the policy's", () => {
    const Condition = {
      StringEquals: { "gitlab.com:user_email": "eve@example.com", "gitlab.com:user_login": "eve" },
    };
    const { causes } = review(policyOf({ ...STATEMENT, Condition }));
    expect(causes).toHaveLength(2);
    expect(JSON.stringify(causes)).not.toMatch(/eve|ada/);
  });

  it("shows a few of many values", () => {
    const subs = Array.from({ length: 9 }, (_, index) => SUB.replace("main", `r${index}`));
    expect(review(askingFor("StringEquals", subs)).causes[0]?.reason).toContain(" and 6 more");
  });

  it("looks for mistakes even when it allows, and without a request", () => {
    const { "gitlab.com:sub": _, ...audience } = STATEMENT.Condition.StringEquals;
    const wide = policyOf({ ...STATEMENT, Condition: { StringEquals: audience } });
    expect(review(wide)).toMatchObject({
      decision: "allow",
      findings: [{ id: "no-sub", severity: "too-wide" }],
    });
    const alone = reviewTrustPolicy(wide, undefined);
    expect(alone).toMatchObject({ decision: "unknown", trust: undefined, findings: [{ id: "no-sub" }] });
  });

  it("says what keeps a text from being a policy", () => {
    const { decision, problems } = review(policyOf({ ...STATEMENT, Resource: "*" }));
    expect(decision).toBe("unknown");
    expect(problems.map(({ place }) => place)).toEqual(["Statement[0].Resource"]);
  });

  it.each([
    ["URL-encoded", encodeURIComponent],
    [
      "as an answer of get-role",
      (policy: string) => JSON.stringify({ Role: { AssumeRolePolicyDocument: JSON.parse(policy) } }),
    ],
    [
      "as an answer of get-role, URL-encoded inside",
      (policy: string) => JSON.stringify({ Role: { AssumeRolePolicyDocument: encodeURIComponent(policy) } }),
    ],
  ])("reads the policy %s", (_, wrap) => {
    expect(review(wrap(policyOf(STATEMENT))).decision).toBe("allow");
  });
});

describe("findRoleOfPolicy", () => {
  it("takes the role of a get-role answer", () => {
    const Arn = "arn:aws-cn:iam::210987654321:role/ci/deploy";
    const answer = JSON.stringify({
      Role: { Arn, AssumeRolePolicyDocument: JSON.parse(policyOf(STATEMENT)) },
    });
    expect(findRoleOfPolicy(answer, ISS)).toEqual({
      arn: Arn,
      partition: "aws-cn",
      accountId: "210987654321",
    });
  });

  it("takes the account of the provider for the issuer, else of any", () => {
    const other = {
      ...STATEMENT,
      Principal: { Federated: "arn:aws:iam::111111111111:oidc-provider/x.example" },
    };
    expect(findRoleOfPolicy(policyOf(other, STATEMENT), ISS)?.accountId).toBe("123456789012");
    expect(findRoleOfPolicy(policyOf(other), ISS)?.accountId).toBe("111111111111");
  });

  it.each([policyOf({ ...STATEMENT, Principal: { AWS: "123456789012" } }), "no policy", '{"Role":{}}'])(
    "knows none from %s",
    (text) => {
      expect(findRoleOfPolicy(text, ISS)).toBeUndefined();
    },
  );
});
