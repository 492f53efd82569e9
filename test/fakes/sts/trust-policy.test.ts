import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../stand-ins/sts/policy-document.ts";
import { evaluatePolicy, judgePolicy, type Verdict } from "../../../stand-ins/sts/trust-policy.ts";

const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
const SUB = "project_path:acme/shop:ref_type:branch:ref:main";
const ACTION = "sts:AssumeRoleWithWebIdentity";

function statement(condition: object, effect = "Allow") {
  return { Effect: effect, Principal: { Federated: PROVIDER }, Action: ACTION, Condition: condition };
}

const REQUEST = {
  action: ACTION,
  principal: { type: "Federated", names: [PROVIDER] },
  context: new Map([
    ["gitlab.com:sub", [SUB]],
    ["gitlab.com:project_id", ["4711"]],
  ]),
} as const;

function parse(...statements: readonly object[]) {
  const policy = { Version: "2012-10-17", Statement: statements };
  return parsePolicy(policy, "trust", "the policy of this test");
}

function evaluate(...statements: readonly object[]): Verdict {
  return evaluatePolicy(parse(...statements), REQUEST);
}

describe("statements", () => {
  const allow = statement({ StringEquals: { "gitlab.com:sub": SUB } });

  it.each<readonly [action: unknown, expected: Verdict]>([
    ["sts:AssumeRoleWithWebIdentity", "allow"],
    ["STS:assumerolewithwebidentity", "allow"],
    ["sts:*", "allow"],
    ["sts:Assume*", "allow"],
    ["sts:AssumeRole?ithWebIdentity", "allow"],
    [["sts:TagSession", "sts:AssumeRoleWithWebIdentity"], "allow"],
    ["sts:AssumeRole", "implicit-deny"],
    ["sts:AssumeRoleWithSAML", "implicit-deny"],
  ])("with the action %j give %s", (action, expected) => {
    expect(evaluate({ ...allow, Action: action })).toBe(expected);
  });

  it("admit everything but a NotAction", () => {
    const { Action: _action, ...rest } = allow;
    const verdictFor = (notAction: string) => evaluate({ ...rest, NotAction: notAction });
    expect(verdictFor("sts:TagSession")).toBe("allow");
    expect(verdictFor(ACTION)).toBe("implicit-deny");
  });

  it.each<readonly [principal: unknown, expected: Verdict]>([
    [{ Federated: PROVIDER }, "allow"],
    [{ Federated: ["accounts.google.com", PROVIDER] }, "allow"],
    [{ Federated: `${PROVIDER}/` }, "implicit-deny"],
    [{ Federated: "arn:aws:iam::210987654321:oidc-provider/gitlab.com" }, "implicit-deny"],
    [{ AWS: "*" }, "implicit-deny"],
    ["*", "implicit-deny"],
  ])("with the principal %j give %s", (principal, expected) => {
    expect(evaluate({ ...allow, Principal: principal })).toBe(expected);
  });

  it("need only one that allows", () => {
    const other = statement({ StringEquals: { "gitlab.com:sub": "other" } });
    expect(evaluate(other, allow)).toBe("allow");
  });

  it("cannot allow what one of them denies", () => {
    const deny = statement({ StringNotEquals: { "gitlab.com:project_id": "1" } }, "Deny");
    expect(evaluate(allow, deny)).toBe("explicit-deny");
  });

  it.each(["*", { AWS: "*" }, { AWS: ["123456789012", "*"] }])("are denied by one for %j", (everyone) => {
    const deny = { ...statement({ StringEquals: { "gitlab.com:project_id": "4711" } }, "Deny") };
    expect(evaluate(allow, { ...deny, Principal: everyone })).toBe("explicit-deny");
    expect(evaluate(allow, { ...deny, Principal: { AWS: "123456789012" } })).toBe("allow");
  });

  it("are not denied by a statement whose condition does not hold", () => {
    const deny = statement({ StringEquals: { "gitlab.com:project_id": "1" } }, "Deny");
    expect(evaluate(allow, deny)).toBe("allow");
  });
});

describe("an identity policy", () => {
  const target = "arn:aws:iam::210987654321:role/production";
  const verdictOn = (resource: object) =>
    evaluatePolicy(
      parsePolicy(
        { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "sts:AssumeRole", ...resource } },
        "identity",
        "the policy of this test",
      ),
      { action: "sts:AssumeRole", resource: target, context: new Map([["aws:userid", ["production"]]]) },
    );

  it.each<readonly [resource: object, expected: Verdict]>([
    [{ Resource: target }, "allow"],
    [{ Resource: "*" }, "allow"],
    [{ Resource: "arn:aws:iam::*:role/prod*" }, "allow"],
    [{ Resource: `arn:aws:iam::210987654321:role/$\{aws:userid}` }, "allow"],
    [{ NotResource: "arn:aws:iam::210987654321:role/audit" }, "allow"],
    [{ Resource: "arn:aws:iam::210987654321:role/audit" }, "implicit-deny"],
    [{ Resource: "arn:aws:iam::*" }, "implicit-deny"],
    [{ NotResource: target }, "implicit-deny"],
  ])("on %j gives %s", (resource, expected) => {
    expect(verdictOn(resource)).toBe(expected);
  });
});

describe("a policy that IAM does not accept", () => {
  const valid = statement({});

  it.each<readonly [why: string, policy: unknown, message: string]>([
    ["no object", "{}", "a policy must be an object"],
    ["no statement", { Version: "2012-10-17" }, '"Statement" is missing'],
    [
      "another version",
      { Version: "2012-10-18", Statement: [] },
      '"Version" must be 2012-10-17 or 2008-10-17',
    ],
    ["another effect", { Statement: { ...valid, Effect: "allow" } }, '"Effect" must be "Allow" or "Deny"'],
    ["a resource", { Statement: { ...valid, Resource: "*" } }, '"Resource" is not allowed'],
    ["a NotPrincipal", { Statement: { ...valid, NotPrincipal: "*" } }, '"NotPrincipal" is not allowed'],
    ["no action", { Statement: { ...valid, Action: undefined } }, '"Action" is missing'],
    [
      "no principal",
      { Statement: { ...valid, Principal: undefined } },
      '"Principal" must be "*" or an object',
    ],
    ["an unknown operator", { Statement: statement({ StringMatches: { a: "b" } }) }, '"StringMatches"'],
    ["Null if it exists", { Statement: statement({ NullIfExists: { a: "true" } }) }, '"NullIfExists"'],
    [
      "an object as a value",
      { Statement: { ...valid, Action: [{}] } },
      "expected a string or a list of strings",
    ],
  ])("is refused: %s", (_why, policy, message) => {
    expect(() => parsePolicy(policy, "trust", "role deploy")).toThrow(
      "role deploy: IAM refuses this policy: ",
    );
    expect(() => parsePolicy(policy, "trust", "role deploy")).toThrow(message);
  });
});

describe("a judgement", () => {
  const other = "project_path:acme/shop:ref_type:branch:ref:release";

  it("tells of each statement what the request has in place of what it asks for", () => {
    const policy = parse(
      statement({
        StringLike: { "gitlab.com:sub": other },
        StringEquals: { "gitlab.com:user_id": ["1", "2"] },
      }),
      statement({ StringEquals: { "gitlab.com:sub": SUB } }),
      { ...statement({}, "Deny"), Action: "sts:TagSession", Principal: { AWS: "arn:aws:iam::1:root" } },
    );
    expect(judgePolicy(policy, REQUEST)).toEqual({
      verdict: "allow",
      statements: [
        {
          number: 1,
          effect: "Allow",
          misses: [
            { what: "StringLike gitlab.com:sub", wanted: [other], found: [SUB] },
            { what: "StringEquals gitlab.com:user_id", wanted: ["1", "2"], found: [] },
          ],
        },
        { number: 2, effect: "Allow", misses: [] },
        {
          number: 3,
          effect: "Deny",
          misses: [
            { what: "Action", wanted: ["sts:TagSession"], found: [ACTION] },
            { what: "Principal", wanted: ["AWS: arn:aws:iam::1:root"], found: [PROVIDER] },
          ],
        },
      ],
    });
  });
});
