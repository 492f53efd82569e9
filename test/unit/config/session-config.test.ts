import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configOf, problemsOf } from "../../harness/assume-role-config.ts";

const POLICY = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:Get*", Resource: "*" }] };
const INLINE = { AWS_OIDC_SESSION_POLICY: JSON.stringify(POLICY, undefined, 2) };
const FILE = { AWS_OIDC_SESSION_POLICY_FILE: "policy.json" };

function managed(...policies: readonly string[]) {
  return { AWS_OIDC_MANAGED_SESSION_POLICIES: policies.join(", ") };
}

/** A policy that has this many characters when white space is removed. */
function policyOf(characters: number): string {
  const empty = JSON.stringify({ Version: "2012-10-17", Id: "" });
  return JSON.stringify({ Version: "2012-10-17", Id: "x".repeat(characters - empty.length) });
}

it("is none unless one is given", () => {
  expect(configOf().sessionPolicies).toEqual({ inline: undefined, managedPolicyArns: [] });
});

it.each([
  ["of the input", INLINE, {}],
  ["of a file", FILE, { "policy.json": JSON.stringify(POLICY, undefined, 4) }],
])("is sent without white space, which AWS counts: %s", (_, env, files) => {
  expect(configOf(env, files).sessionPolicies.inline).toBe(JSON.stringify(POLICY));
});

describe("the text of an inline policy", () => {
  const sent = (text: string) => configOf({ AWS_OIDC_SESSION_POLICY: text }).sessionPolicies.inline;

  it.each([
    ["numbers that no double holds", '{ "A": 12345678901234567890, "B": 1e999, "C": 1.0 }'],
    ["escapes", String.raw`{ "\u0041": "\u002a\/\"", "B" : "\\" }`],
    ["the order of members that look like indices", '{ "b": 1, "2": 1, "1": 1 }'],
    ["a member of an unlucky name", '{ "__proto__": { "a": 1 } }'],
  ])("keeps %s", (_, text) => {
    expect(sent(text)).toBe(text.replaceAll(" ", ""));
  });

  it("keeps white space inside of texts, and drops every kind outside", () => {
    expect(sent('\t{ "a b" :\r\n [ "c  \\t d" , "\\" } ," ] }\n')).toBe('{"a b":["c  \\t d","\\" } ,"]}');
  });

  it("means what was written, whatever the policy", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(1, 4, "\t"),
        (policy, indent) => {
          const text = JSON.stringify(policy, undefined, indent);
          fc.pre(JSON.stringify(policy).length <= 2048);
          expect(sent(text)).toBe(JSON.stringify(policy));
        },
      ),
    );
  });
});

describe("an inline policy", () => {
  it.each([
    [
      "a Condition",
      '{"Statement":[{"Effect":"Allow","Condition":{"Bool":{"aws:x":"true"}},"Condition":{}}]}',
      "Statement[0].Condition given more than once",
    ],
    [
      "a condition key, once in escapes",
      String.raw`{"Statement":{"Condition":{"StringEquals":{"aws:x":"1","aws:\u0078":"*"}}}}`,
      'Statement.Condition.StringEquals["aws:x"] given more than once',
    ],
    ["two of them", '{"Id":"a","Id":"b","Version":"x","Version":"y"}', "Id and Version given more than once"],
  ])("that names %s twice is refused, as IAM would, not halved", (_, text, found) => {
    expect(problemsOf({ AWS_OIDC_SESSION_POLICY: text })).toEqual([
      {
        subject: "session-policy",
        found,
        expected: "every member of an object once, as IAM requires",
        fix: "Write the member once, with everything that should apply.",
      },
    ]);
  });

  it.each(["{", "[]", '"text"', "null", "7"])("is not %s", (text) => {
    expect(problemsOf({ AWS_OIDC_SESSION_POLICY: text })).toMatchObject([
      { subject: "session-policy", found: expect.stringMatching(/^not JSON: ./) },
    ]);
  });

  it.each(["hunter2-is-short", `a private key: ${"x".repeat(99)}`])("is not quoted: %s", (text) => {
    const [problem] = problemsOf(FILE, { "policy.json": text });
    expect(problem?.found).toBe(`not JSON: Unexpected token '${text[0]}'`);
  });

  it("that stands instead of its path is not quoted", () => {
    const [problem] = problemsOf({ AWS_OIDC_SESSION_POLICY_FILE: INLINE.AWS_OIDC_SESSION_POLICY });
    expect(problem?.found).toMatch(/^a text of \d+ characters, which cannot be read \(ENOENT\)$/);
  });

  it("is named after the file that it came from", () => {
    expect(problemsOf(FILE, { "policy.json": "{" })).toMatchObject([{ subject: "session-policy-file" }]);
  });

  it("comes from the input or from a file, not from both", () => {
    expect(problemsOf({ ...INLINE, ...FILE }, { "policy.json": "{}" })).toMatchObject([
      { subject: "session-policy-file", found: "a file, in addition to the policy in session-policy" },
    ]);
  });

  it("comes from a file that can be read", () => {
    expect(problemsOf(FILE)).toMatchObject([
      { subject: "session-policy-file", found: '"policy.json", which cannot be read (ENOENT)' },
    ]);
  });

  it("has at most 2048 characters", () => {
    expect(problemsOf({ AWS_OIDC_SESSION_POLICY: policyOf(2048) })).toEqual([]);
    expect(problemsOf({ AWS_OIDC_SESSION_POLICY: policyOf(2049) })).toMatchObject([
      { subject: "session-policy", found: "2049 characters of session policies, white space removed" },
    ]);
  });
});

describe("managed policies", () => {
  it("are named by ARN, or by name if AWS manages them", () => {
    const own = "arn:aws:iam::123456789012:policy/team/shop";
    expect(configOf(managed("ReadOnlyAccess", own)).sessionPolicies.managedPolicyArns).toEqual([
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
      own,
    ]);
  });

  it("are of the role's partition", () => {
    const env = {
      AWS_OIDC_ROLE_ARN: "arn:aws-cn:iam::123456789012:role/deploy",
      ...managed("ReadOnlyAccess"),
    };
    expect(configOf(env).sessionPolicies.managedPolicyArns).toEqual([
      "arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
    ]);
  });

  it.each([
    ["arn:aws:iam::210987654321:policy/x", "which belongs to account 210987654321"],
    ["arn:aws-cn:iam::aws:policy/x", "which belongs to the partition aws-cn"],
    ["arn:aws:iam::123456789012:role/x", '"arn:aws:iam::123456789012:role/x"'],
    ["Read$Only", '"Read$Only"'],
  ])("are not %s", (policy, found) => {
    expect(problemsOf(managed(policy))).toMatchObject([
      { subject: "managed-session-policies", found: expect.stringContaining(found) },
    ]);
  });

  it("cannot be checked against an invalid role", () => {
    const env = {
      AWS_OIDC_ROLE_ARN: "deploy",
      ...managed("arn:aws:iam::210987654321:policy/x", "ReadOnlyAccess"),
    };
    expect(problemsOf(env)).toMatchObject([{ subject: "role-arn" }]);
  });

  it("are at most ten", () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `Policy${index}`);
    expect(problemsOf(managed(...names(10)))).toEqual([]);
    expect(problemsOf(managed(...names(11)))).toMatchObject([
      { found: "11 policies", expected: "at most 10" },
    ]);
  });

  it("count together with the inline policy, by their ARNs", () => {
    const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const env = { AWS_OIDC_SESSION_POLICY: policyOf(2048 - arn.length + 1), ...managed(arn) };
    expect(problemsOf(env)).toMatchObject([
      { subject: "session-policy", found: expect.stringContaining("2049") },
    ]);
  });

  it("are told when they alone are too many characters", () => {
    const names = Array.from({ length: 10 }, (_, index) => `${"P".repeat(200)}${index}`);
    expect(problemsOf(managed(...names))).toMatchObject([
      { subject: "managed-session-policies", found: expect.stringContaining("characters") },
    ]);
  });
});
