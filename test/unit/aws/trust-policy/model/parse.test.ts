import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTrustPolicy } from "../../../../../src/aws/trust-policy/model/parse.ts";
import { renderPolicy } from "../../../../../src/aws/trust-policy/model/render.ts";
import { propertyRuns } from "../../../../harness/property-runs.ts";
import * as arbitrary from "../arbitraries.ts";

const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";

const DOCUMENT = {
  Version: "2012-10-17",
  Id: "trust",
  Statement: [
    {
      Sid: "Deploy",
      Effect: "Allow",
      Principal: { Federated: PROVIDER, AWS: ["111122223333", "444455556666"] },
      Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
      Condition: { StringEquals: { "gitlab.com:aud": ["a", "b"] }, Bool: { "aws:SecureTransport": true } },
    },
  ],
};

const POLICY = {
  version: "2012-10-17",
  id: "trust",
  statements: [
    {
      sid: "Deploy",
      effect: "Allow",
      principal: {
        kind: "listed",
        entries: [
          { type: "Federated", ids: [PROVIDER] },
          { type: "AWS", ids: ["111122223333", "444455556666"] },
        ],
      },
      action: { element: "Action", patterns: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"] },
      conditions: [
        { operator: "StringEquals", key: "gitlab.com:aud", values: ["a", "b"] },
        { operator: "Bool", key: "aws:SecureTransport", values: ["true"] },
      ],
    },
  ],
};

const TEXT = JSON.stringify(DOCUMENT);

describe("parseTrustPolicy", () => {
  it.each([
    ["the document", TEXT],
    ["the document with a byte order mark and white space", `\uFEFF\n ${TEXT}\n`],
    ["the document URL-encoded", encodeURIComponent(TEXT)],
    ["the document URL-encoded in a JSON text", JSON.stringify(encodeURIComponent(TEXT))],
    ["the document in a JSON text", JSON.stringify(TEXT)],
    ["a URL-encoded JSON text", encodeURIComponent(JSON.stringify(TEXT))],
    ["the answer of get-role", JSON.stringify({ Role: { Arn: "x", AssumeRolePolicyDocument: DOCUMENT } })],
    [
      "the answer of the IAM API",
      JSON.stringify({ Role: { AssumeRolePolicyDocument: encodeURIComponent(TEXT) } }),
    ],
    ["a role without its envelope", JSON.stringify({ AssumeRolePolicyDocument: DOCUMENT })],
  ])("reads %s", (_, text) => {
    expect(parseTrustPolicy(text)).toEqual({ kind: "policy", policy: POLICY });
  });

  it("takes a single statement and no version", () => {
    const [statement] = DOCUMENT.Statement;
    expect(parseTrustPolicy(JSON.stringify({ Statement: statement }))).toEqual({
      kind: "policy",
      policy: { statements: POLICY.statements },
    });
  });

  it("reads back what it renders", () => {
    fc.assert(
      fc.property(arbitrary.policy, (policy) => {
        const rendered = renderPolicy(policy);
        const parsed = parseTrustPolicy(rendered);
        expect(parsed.kind === "policy" && renderPolicy(parsed.policy)).toBe(rendered);
      }),
    );
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.json().map(encodeURIComponent)), (text) => {
        expect(["policy", "problems"]).toContain(parseTrustPolicy(text).kind);
      }),
      propertyRuns(500),
    );
  });

  it("never throws, whatever stands in a policy's elements", () => {
    const anything = fc.jsonValue();
    const document = fc.record(
      {
        Version: anything,
        Statement: fc.array(
          fc.record(
            { Effect: anything, Principal: anything, Action: anything, Condition: anything, Sid: anything },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: ["Statement"] },
    );
    fc.assert(
      fc.property(document, (value) => {
        expect(["policy", "problems"]).toContain(parseTrustPolicy(JSON.stringify(value)).kind);
      }),
      propertyRuns(500),
    );
  });
});

const codesAndPlaces = (text: string) => {
  const parsed = parseTrustPolicy(text);
  return parsed.kind === "policy" ? [] : parsed.problems.map(({ code, place }) => [code, place]);
};

const withStatement = (changes: object) =>
  JSON.stringify({ Statement: { ...DOCUMENT.Statement[0], ...changes } });

describe("the problems of a document", () => {
  it.each([
    ["an empty text", "", [["not-json", undefined]]],
    ["no JSON", "Effect: Allow", [["not-json", undefined]]],
    ["broken URL encoding", "%7B%2", [["not-json", undefined]]],
    ["a list", "[]", [["no-policy-found", undefined]]],
    ["a number", "1", [["no-policy-found", undefined]]],
    [
      "a text in a text in a text",
      JSON.stringify(JSON.stringify(JSON.stringify(TEXT))),
      [["no-policy-found", undefined]],
    ],
    ["the policies of two roles", `{"build":${TEXT},"deploy":${TEXT}}`, [["no-policy-found", undefined]]],
    ["no statement", "{}", [["missing-element", "Statement"]]],
    ["no statement in the list", '{"Statement":[]}', [["empty-list", "Statement"]]],
    ["a statement that is text", '{"Statement":["x"]}', [["wrong-type", "Statement[0]"]]],
    ["an Id that is no text", `{"Id":1,${TEXT.slice(TEXT.indexOf('"Statement"'))}`, [["wrong-type", "Id"]]],
    ["an unknown element", `{"Comment":"x",${TEXT.slice(1)}`, [["unknown-element", "Comment"]]],
    ["no effect", withStatement({ Effect: undefined }), [["missing-element", "Statement[0].Effect"]]],
    [
      "an effect in other case",
      withStatement({ Effect: "allow" }),
      [["unknown-value", "Statement[0].Effect"]],
    ],
    [
      "no principal",
      withStatement({ Principal: undefined }),
      [["missing-element", "Statement[0].Principal"]],
    ],
    ["an empty principal", withStatement({ Principal: {} }), [["wrong-type", "Statement[0].Principal"]]],
    [
      "an unknown type of principal",
      withStatement({ Principal: { OIDC: "x" } }),
      [["unknown-element", "Statement[0].Principal.OIDC"]],
    ],
    [
      "a principal that is no text",
      withStatement({ Principal: { Federated: [1] } }),
      [["wrong-type", "Statement[0].Principal.Federated"]],
    ],
    ["no action", withStatement({ Action: undefined }), [["missing-element", "Statement[0].Action"]]],
    ["an empty list of actions", withStatement({ Action: [] }), [["empty-list", "Statement[0].Action"]]],
    [
      "an action without service",
      withStatement({ Action: "AssumeRole" }),
      [["unknown-value", "Statement[0].Action"]],
    ],
    ["a Sid that is no text", withStatement({ Sid: 1 }), [["wrong-type", "Statement[0].Sid"]]],
    [
      "a NotResource",
      withStatement({ NotResource: "*" }),
      [["element-not-in-trust-policies", "Statement[0].NotResource"]],
    ],
    [
      "an element in other case",
      withStatement({ condition: {} }),
      [["unknown-element", "Statement[0].condition"]],
    ],
    [
      "a condition that is text",
      withStatement({ Condition: "x" }),
      [["wrong-type", "Statement[0].Condition"]],
    ],
    [
      "an operator that is text",
      withStatement({ Condition: { StringEquals: "x" } }),
      [["wrong-type", "Statement[0].Condition.StringEquals"]],
    ],
    [
      "an empty list of values",
      withStatement({ Condition: { StringEquals: { "aws:x": [] } } }),
      [["empty-list", 'Statement[0].Condition.StringEquals["aws:x"]']],
    ],
    [
      "a value that is an object",
      withStatement({ Condition: { StringEquals: { "aws:x": [{}] } } }),
      [["wrong-type", 'Statement[0].Condition.StringEquals["aws:x"]']],
    ],
    [
      "an unknown operator",
      withStatement({ Condition: { "ForAllValues:Equals": { "aws:x": "y" } } }),
      [["unknown-operator", 'Statement[0].Condition["ForAllValues:Equals"]']],
    ],
    [
      "an operator that is there twice",
      `{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"StringEquals":{"a:b":"1"},"StringEquals":{"c:d":"2"}}}}`,
      [["duplicate-member", "Statement.Condition.StringEquals"]],
    ],
    [
      "a repetition within the answer of get-role",
      `{"Role":{"AssumeRolePolicyDocument":{"Version":"2012-10-17",${TEXT.slice(1)}}}`,
      [["duplicate-member", "Version"]],
    ],
  ])("name %s", (_, text, expected) => {
    expect(codesAndPlaces(text)).toEqual(expected);
  });

  it("are all reported at once", () => {
    const text = JSON.stringify({
      Version: "2020-01-01",
      Statement: [
        { Effect: "Permit", Principal: "me", Action: "sts:AssumeRole", Resource: "*" },
        { Principal: { Federated: [] }, Condition: { stringequals: {} } },
      ],
    });
    const parsed = parseTrustPolicy(text);
    expect(
      parsed.kind === "problems" && parsed.problems.map(({ message }) => message),
    ).toMatchInlineSnapshot(`
      [
        ""Version" must be "2012-10-17". This date is a fixed name: do not update it.",
        ""Resource" is not allowed here: the role itself is the resource. Remove it.",
        ""Statement[0].Effect" must be "Allow" or "Deny", spelled exactly like that.",
        ""Statement[0].Principal" must be an object such as {"Federated": "<provider ARN>"}.",
        ""Statement[1].Effect" is missing. Set it to "Allow" or "Deny".",
        ""Statement[1].Principal.Federated" is empty. Give at least one value.",
        ""Statement[1]" has no "Action". Add "sts:AssumeRoleWithWebIdentity".",
        ""stringequals" is not a condition operator. Write "StringEquals".",
      ]
    `);
  });

  it("never quote the text that is not JSON, which may be a token", () => {
    expect(JSON.stringify(parseTrustPolicy("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"))).not.toContain("eyJ");
  });

  it.each([
    ["ForAnyValue:stringlikeifexists", "ForAnyValue:StringLikeIfExists"],
    ["foranyvalue:null", "ForAnyValue:Null"],
    ["IPADDRESS", "IpAddress"],
  ])("suggest the spelling of %s", (operator, spelling) => {
    const parsed = parseTrustPolicy(withStatement({ Condition: { [operator]: { "aws:x": "y" } } }));
    expect(parsed.kind === "problems" && parsed.problems[0]?.message).toContain(`Write "${spelling}".`);
  });
});
