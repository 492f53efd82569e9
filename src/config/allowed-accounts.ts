import type { RoleArn } from "../aws/arn.ts";
import { type Checked, invalid, valid } from "../checked.ts";
import type { RawInput } from "./raw-inputs.ts";
import { splitList } from "./scalars.ts";

/** Reads the accounts that credentials may belong to, none meaning any, and holds the role's account against them. */
export function parseAllowedAccountIds(
  { text, subject }: RawInput,
  role: RoleArn | undefined,
): Checked<readonly string[]> {
  const accountIds = splitList(text);
  const wrong = accountIds.filter((accountId) => !/^\d{12}$/.test(accountId));
  if (wrong.length > 0) {
    return invalid({
      subject,
      found: wrong.map((accountId) => JSON.stringify(accountId)).join(", "),
      expected: "account ids of 12 digits, separated by commas",
      fix: "Write each id with all of its digits, in quotes, so that YAML does not take a leading zero away.",
    });
  }
  if (role === undefined || isAllowedAccount(role.accountId, accountIds)) return valid(accountIds);
  return invalid({
    subject,
    found: `the role ${role.text}, of account ${role.accountId}`,
    expected: `a role of account ${accountIds.join(" or ")}`,
    fix: "Correct the role's ARN, or add its account if the credentials may belong to it.",
  });
}

/** Whether credentials may belong to the account. */
export function isAllowedAccount(accountId: string, allowed: readonly string[]): boolean {
  return allowed.length === 0 || allowed.includes(accountId);
}
