import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../stand-ins/sts/policy-document.ts";
import { evaluatePolicy } from "../../../stand-ins/sts/trust-policy.ts";

const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
const SUB = "project_path:acme/shop:ref_type:branch:ref:main";
const ACTION = "sts:AssumeRoleWithWebIdentity";

const CLAIMS: Readonly<Record<string, readonly string[]>> = {
  "gitlab.com:aud": ["https://gitlab.com"],
  "gitlab.com:sub": [SUB],
  "gitlab.com:project_id": ["4711"],
  "gitlab.com:amr": ["pwd", "mfa"],
  "aws:federatedprovider": [PROVIDER],
  "aws:currenttime": ["2026-11-23T03:00:00Z"],
  "aws:epochtime": ["1795402800"],
  "aws:sourceip": ["192.0.2.17"],
  "aws:securetransport": ["true"],
  "aws:tagkeys": [""],
  "sts:rolesessionname": ["acme"],
};

type Values = string | number | boolean | readonly string[];
type Block = Readonly<Record<string, Readonly<Record<string, Values>>>>;

interface Case {
  readonly condition: Block;
  readonly version?: string | undefined;
  readonly claims?: Readonly<Record<string, readonly string[]>>;
}

function isAdmitted({ condition, claims = CLAIMS, ...rest }: Case): boolean {
  const version = "version" in rest ? rest.version : "2012-10-17";
  const Principal = { Federated: PROVIDER };
  const statement = { Effect: "Allow", Principal, Action: ACTION, Condition: condition };
  const policy = parsePolicy({ Version: version, Statement: statement }, "trust", "the policy of this test");
  const context = new Map(Object.entries(claims));
  const principal = { type: "Federated", names: [PROVIDER] } as const;
  return evaluatePolicy(policy, { action: ACTION, principal, context }) === "allow";
}

function on(operator: string, key: string, values: Values): Block {
  return { [operator]: { [key]: values } };
}

const MISSING = "gitlab.com:ref";

describe("a condition that holds", () => {
  it.each<readonly [why: string, condition: Block]>([
    ["equal text", on("StringEquals", "gitlab.com:sub", SUB)],
    ["one of several values", on("StringEquals", "gitlab.com:sub", ["other", SUB])],
    ["a key name in another case", on("StringEquals", "GitLab.com:SUB", SUB)],
    ["a number for a text", on("StringEquals", "gitlab.com:project_id", 4711)],
    [
      "text in another case, where case is ignored",
      on("StringEqualsIgnoreCase", "gitlab.com:sub", SUB.toUpperCase()),
    ],
    ["a star over slashes and colons", on("StringLike", "gitlab.com:sub", "project_path:*main")],
    ["a star over nothing", on("StringLike", "gitlab.com:sub", `${SUB}*`)],
    ["a question mark for one character", on("StringLike", "gitlab.com:sub", SUB.replace("main", "mai?"))],
    ["regular expression characters as they stand", on("StringLike", "gitlab.com:aud", "https://gitlab.com")],
    ["unequal text", on("StringNotEquals", "gitlab.com:sub", "other")],
    ["unequal to a key that is missing", on("StringNotEquals", MISSING, "main")],
    ["unlike a key that is missing", on("StringNotLike", MISSING, "*")],
    ["a missing key, if it existed", on("StringEqualsIfExists", MISSING, "main")],
    ["an existing key, if it exists", on("StringLikeIfExists", "gitlab.com:sub", "project_path:*")],
    ["absent as asked", on("Null", MISSING, "true")],
    ["present as asked", on("Null", "gitlab.com:sub", false)],
    [
      "every value among those allowed",
      on("ForAllValues:StringEquals", "gitlab.com:amr", ["pwd", "mfa", "otp"]),
    ],
    ["every value of a key that is missing", on("ForAllValues:StringEquals", MISSING, "main")],
    ["every value of a key that is empty", on("ForAllValues:StringEquals", "aws:TagKeys", "project")],
    ["an empty value by itself", on("StringEquals", "aws:TagKeys", "")],
    ["any value among those allowed", on("ForAnyValue:StringEquals", "gitlab.com:amr", "mfa")],
    ["any value that differs", on("ForAnyValue:StringNotEquals", "gitlab.com:amr", "mfa")],
    ["several values without a quantifier, any of them", on("StringEquals", "gitlab.com:amr", "mfa")],
    ["an ARN by parts", on("ArnLike", "aws:FederatedProvider", "arn:aws:iam::*:oidc-provider/gitlab.*")],
    ["an ARN with wildcards under ArnEquals", on("ArnEquals", "aws:FederatedProvider", "arn:*:iam::*:*")],
    ["another ARN", on("ArnNotLike", "aws:FederatedProvider", "arn:aws:iam::210987654321:*")],
    ["true", on("Bool", "aws:SecureTransport", true)],
    ["a smaller number", on("NumericLessThan", "gitlab.com:project_id", "5000")],
    ["the same number, written differently", on("NumericEquals", "gitlab.com:project_id", "4711.0")],
    ["a number of at least itself", on("NumericGreaterThanEquals", "gitlab.com:project_id", "4711")],
    ["not a number at all, and so another", on("NumericNotEquals", "gitlab.com:sub", "1")],
    ["an earlier date", on("DateLessThan", "aws:CurrentTime", "2026-11-23T03:00:01Z")],
    ["a date as seconds", on("DateEquals", "aws:EpochTime", "2026-11-23T03:00:00Z")],
    ["a later date than seconds", on("DateGreaterThan", "aws:CurrentTime", "1795402799")],
    ["an address in a network", on("IpAddress", "aws:SourceIp", "192.0.2.0/24")],
    ["an address by itself", on("IpAddress", "aws:SourceIp", "192.0.2.17")],
    ["an address outside an IPv6 network", on("NotIpAddress", "aws:SourceIp", "2001:db8::/32")],
    ["the same bytes", on("BinaryEquals", "gitlab.com:project_id", "4711")],
    [
      "two operators and two keys, all met",
      {
        StringEquals: { "gitlab.com:sub": SUB, "gitlab.com:project_id": "4711" },
        Null: { [MISSING]: "true" },
      },
    ],
  ])("admits: %s", (_why, condition) => {
    expect(isAdmitted({ condition })).toBe(true);
  });
});

describe("a condition that does not hold", () => {
  it.each<readonly [why: string, condition: Block]>([
    ["text in another case", on("StringEquals", "gitlab.com:sub", SUB.toUpperCase())],
    ["a star where only equality counts", on("StringEquals", "gitlab.com:sub", "project_path:*")],
    [
      "a star where only the case is ignored",
      on("StringEqualsIgnoreCase", "gitlab.com:sub", "project_path:*"),
    ],
    ["a pattern in another case", on("StringLike", "gitlab.com:sub", "PROJECT_PATH:*")],
    ["a pattern that fits only the start", on("StringLike", "gitlab.com:sub", "project_path:acme/shop")],
    ["a question mark for no character", on("StringLike", "gitlab.com:sub", `${SUB}?`)],
    ["a dot as any character", on("StringLike", "gitlab.com:sub", ".*")],
    ["equal to a key that is missing", on("StringEquals", MISSING, "main")],
    ["like a key that is missing", on("StringLike", MISSING, "*")],
    ["any value of a key that is missing", on("ForAnyValue:StringEquals", MISSING, "main")],
    ["any value of a key that is empty", on("ForAnyValue:StringEquals", "aws:TagKeys", "")],
    ["unequal to one of the values", on("StringNotEquals", "gitlab.com:sub", ["other", SUB])],
    ["unequal to one of several actual values", on("StringNotEquals", "gitlab.com:amr", "mfa")],
    ["an existing key that differs, if it exists", on("StringEqualsIfExists", "gitlab.com:sub", "other")],
    ["absent, but it is there", on("Null", "gitlab.com:sub", "true")],
    ["present, but it is not", on("Null", MISSING, "false")],
    ["one value outside of those allowed", on("ForAllValues:StringEquals", "gitlab.com:amr", ["pwd"])],
    ["every value must differ", on("ForAllValues:StringNotEquals", "gitlab.com:amr", "mfa")],
    [
      "an ARN wildcard across colons",
      on("ArnLike", "aws:FederatedProvider", "arn:aws:*:oidc-provider/gitlab.com"),
    ],
    ["an invalid ARN", on("ArnLike", "gitlab.com:aud", "*")],
    ["an invalid number", on("NumericEquals", "gitlab.com:sub", "4711")],
    ["an address in another network", on("IpAddress", "aws:SourceIp", ["198.51.100.0/24", "2001:db8::/32"])],
    ["an invalid address", on("IpAddress", "gitlab.com:sub", "192.0.2.0/24")],
    ["false", on("Bool", "aws:SecureTransport", "false")],
    ["a later date", on("DateGreaterThanEquals", "aws:CurrentTime", "2026-11-23T03:00:01Z")],
    ["the second of two keys", { StringEquals: { "gitlab.com:sub": SUB, "gitlab.com:project_id": "1" } }],
    [
      "the second of two operators",
      {
        StringEquals: { "gitlab.com:sub": SUB },
        StringLike: { "gitlab.com:aud": "sts.*" },
      },
    ],
  ])("refuses: %s", (_why, condition) => {
    expect(isAdmitted({ condition })).toBe(false);
  });
});

/** A policy variable, which in quotes would look like a forgotten template. */
function variable(expression: string): string {
  return `$\{${expression}}`;
}

describe("policy variables", () => {
  it.each<readonly [why: string, value: string, expected: boolean]>([
    ["takes the value of a key", `project_path:${variable("sts:RoleSessionName")}/*`, true],
    [
      "takes the default of a key that is missing",
      `project_path:${variable("aws:PrincipalTag/team, 'acme'")}/*`,
      true,
    ],
    ["matches nothing without value or default", `${variable("aws:PrincipalTag/team")}*`, false],
    ["takes no key with several values", `${variable("gitlab.com:amr")}*`, false],
    ["takes an escaped star literally", `project_path:${variable("*")}`, false],
    ["takes an escaped dollar literally", `${variable("$")}*`, false],
  ])("%s", (_why, value, expected) => {
    expect(isAdmitted({ condition: on("StringLike", "gitlab.com:sub", value) })).toBe(expected);
  });

  it.each(["2008-10-17", undefined])("are plain text in version %s", (version) => {
    const condition = on("StringLike", "gitlab.com:sub", `project_path:${variable("sts:RoleSessionName")}/*`);
    expect(isAdmitted({ condition, version })).toBe(false);
  });

  it("let a wildcard in the value of a key stand for itself", () => {
    const condition = on("StringLike", "gitlab.com:sub", variable("sts:RoleSessionName"));
    const named = (name: string) => ({ ...CLAIMS, "sts:rolesessionname": [name] });
    expect(isAdmitted({ condition, claims: named("*") })).toBe(false);
    expect(isAdmitted({ condition, claims: named(SUB) })).toBe(true);
  });
});
