import { expect, it } from "vitest";
import { configOf, problemsOf } from "../../harness/assume-role-config.ts";

const allow = (text: string) => ({ AWS_OIDC_ALLOWED_ACCOUNT_IDS: text });

it.each([
  ["", []],
  ["123456789012", ["123456789012"]],
  ["000000000001, 123456789012", ["000000000001", "123456789012"]],
])("reads %j", (text, accountIds) => {
  expect(configOf(allow(text)).allowedAccountIds).toEqual(accountIds);
});

it("wants all digits of each", () => {
  expect(problemsOf(allow("12345678901, 123456789012, acme"))).toMatchObject([
    { subject: "allowed-account-ids", found: '"12345678901", "acme"' },
  ]);
});

it("refuses a role of another account before AWS is asked, the last of a chain", () => {
  expect(problemsOf(allow("210987654321, 333333333333"))).toMatchObject([
    { subject: "allowed-account-ids", expected: "a role in account 210987654321 or 333333333333" },
  ]);
  const env = {
    ...allow("210987654321"),
    AWS_OIDC_CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/production",
  };
  expect(problemsOf(env)).toEqual([]);
});

it("cannot check an invalid role against them", () => {
  expect(problemsOf({ ...allow("210987654321"), AWS_OIDC_ROLE_ARN: "" })).toMatchObject([
    { subject: "role-arn" },
  ]);
});

it.each([",", " , ,", "\n"])("does not take %j, two variables that are empty, for no list at all", (text) => {
  expect(problemsOf(allow(text))).toMatchObject([
    { subject: "allowed-account-ids", found: expect.stringContaining("a list with nothing in it") },
  ]);
  expect(problemsOf({ AWS_OIDC_MANAGED_SESSION_POLICIES: text })).toMatchObject([
    { subject: "managed-session-policies", found: expect.stringContaining("a list with nothing in it") },
  ]);
});

it("speaks of the variable that GitLab did not expand", () => {
  expect(problemsOf(allow("$PROD_ACCOUNT"))).toMatchObject([
    { fix: "Define the CI/CD variable PROD_ACCOUNT for this project and ref." },
  ]);
});
