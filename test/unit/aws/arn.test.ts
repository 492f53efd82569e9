import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRoleArn } from "../../../src/aws/arn.ts";
import { PARTITIONS } from "../../../src/aws/partitions.ts";
import { anyText } from "../../harness/any-text.ts";

const partitions = fc.constantFrom(...PARTITIONS.map(({ name }) => name));
const accountIds = fc.stringMatching(/^\d{12}$/);
const paths = fc.stringMatching(/^(?:[!-.0-~]{1,20}\/){0,5}$/).map((folders) => `/${folders}`);
const names = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);

function problemOf(text: string) {
  const parsed = parseRoleArn(text, "role-arn");
  if (parsed.ok || parsed.problems.length !== 1) throw new Error("not one problem");
  return parsed.problems[0];
}

it("takes every role ARN apart, so that the parts make it up again", () => {
  const roles = fc.record({ partition: partitions, accountId: accountIds, path: paths, name: names });
  fc.assert(
    fc.property(roles, (role) => {
      const text = `arn:${role.partition}:iam::${role.accountId}:role${role.path}${role.name}`;
      expect(parseRoleArn(text, "role-arn")).toEqual({ ok: true, value: { text, ...role } });
    }),
  );
});

it("gives a role or one problem for any text, and never throws", () => {
  const almost = fc.tuple(
    fc.constantFrom("arn", "ARN", ""),
    fc.oneof(partitions, fc.string()),
    fc.constantFrom("iam", "sts", "s3"),
    fc.constantFrom("", "eu-west-1"),
    fc.oneof(accountIds, fc.string()),
    fc.oneof(
      fc.string(),
      names.map((name) => `role/${name}`),
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        almost.map((parts) => parts.join(":")),
      ),
      (text) => {
        const parsed = parseRoleArn(text, "role-arn");
        if (parsed.ok) expect(parsed.value.text).toBe(text);
        else expect(parsed.problems).toMatchObject([{ subject: "role-arn" }]);
      },
    ),
  );
});

describe("tells what else it was given", () => {
  it.each([
    ["arn:aws:iam::123456789012:user/ada", "is the ARN of an IAM user"],
    ["arn:aws:iam::123456789012:policy/deploy", "is the ARN of a policy"],
    ["arn:aws:iam::123456789012:oidc-provider/gitlab.com", "is the ARN of the identity provider"],
    ["arn:aws:iam::123456789012:instance-profile/deploy", "is the ARN of an instance profile"],
    ["arn:aws:s3:::bucket/key", "is the ARN of something else"],
    ["arn:aws:iam:eu-west-1:123456789012:role/deploy", "is the ARN of something else"],
    ["arn:aws:iam::123456789012:role", "is the ARN of something else"],
  ])("%s", (text, what) => {
    expect(problemOf(text)).toMatchObject({
      found: `${JSON.stringify(text)} ${what}`,
      fix: "Use the ARN of the IAM role itself.",
    });
  });

  it("a session, with the ARN of the role that is probably behind it", () => {
    expect(problemOf("arn:aws-cn:sts::123456789012:assumed-role/deploy/ada")).toMatchObject({
      found: expect.stringContaining("is the ARN of a session, not of the role behind it"),
      fix: "Use the ARN of the role itself: arn:aws-cn:iam::123456789012:role/deploy, with its path if it has one.",
    });
  });

  it("a session without a name, of which no role can be told", () => {
    expect(problemOf("arn:aws:sts::123456789012:assumed-role")).toMatchObject({
      fix: "Use the ARN of the IAM role itself.",
    });
  });
});

it.each([
  ["deploy", '"deploy" is not an ARN'],
  ["", '"" is not an ARN'],
  ["arn:aws:iam::123456789012", '"arn:aws:iam::123456789012" is not an ARN'],
  ["ARN:aws:iam::123456789012:role/x", '"ARN:aws:iam::123456789012:role/x" is not an ARN'],
  [" arn:aws:iam::123456789012:role/x", '" arn:aws:iam::123456789012:role/x" contains white space'],
  ["arn:aws-eu:iam::123456789012:role/x", '"aws-eu" is not an AWS partition'],
  ["arn::iam::123456789012:role/x", '"" is not an AWS partition'],
  ["arn:aws:iam::12345:role/x", '"12345" is not an account id'],
  ["arn:aws:iam:::role/x", '"arn:aws:iam:::role/x" has no account id'],
  ["arn:aws:iam::123456789012:role/", '"" is not a role name'],
  ["arn:aws:iam::123456789012:role/a:b", '"a:b" is not a role name'],
  ["arn:aws:iam::123456789012:role//x", '"//" is not a role path'],
  ["arn:aws:iam::123456789012:role/ü/x", '"/ü/" is not a role path'],
])("finds in %j that %s", (text, found) => {
  expect(problemOf(text)).toMatchObject({ found });
});

it("bounds the lengths of name and path", () => {
  const arn = (path: string, name: string) => `arn:aws:iam::123456789012:role${path}${name}`;
  expect(parseRoleArn(arn("/", "n".repeat(64)), "role-arn").ok).toBe(true);
  expect(parseRoleArn(arn("/", "n".repeat(65)), "role-arn").ok).toBe(false);
  expect(parseRoleArn(arn(`/${"p".repeat(510)}/`, "n"), "role-arn").ok).toBe(true);
  expect(parseRoleArn(arn(`/${"p".repeat(511)}/`, "n"), "role-arn").ok).toBe(false);
});

it.each([
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "glpat-0123456789abcdefghij",
  "correct$horse",
  "-----BEGIN PRIVATE KEY-----\nMIIEvQ==",
])("does not quote %j, which may be a secret in the wrong variable", (text) => {
  expect(problemOf(text)?.found).toMatch(new RegExp(`^a text of ${text.length} characters (?:is|contains)`));
});

it("quotes the beginning of a long text only", () => {
  expect(problemOf("x".repeat(1000))?.found).toBe(`"${"x".repeat(117)}..." is not an ARN`);
});
