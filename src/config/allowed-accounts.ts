import type { RoleArn } from "../aws/arn.ts";
import { type Checked, invalid, valid } from "../foundation/checked.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";
import { parseNarrowingList, unexpandedVariable } from "./inputs/scalars.ts";

/**
 * Reads the accounts that credentials may belong to, none meaning any, and holds the account of the last role against
 * them; that the credentials are of that account is asserted by the exchange.
 */
export function parseAllowedAccountIds(
  input: RawInput,
  role: RoleArn | undefined,
): Checked<readonly string[]> {
  const { subject } = input;
  const parsed = parseNarrowingList(input, "account ids of 12 digits");
  if (!parsed.ok) return parsed;
  const accountIds = parsed.value;
  const wrong = accountIds.filter((accountId) => !/^\d{12}$/.test(accountId));
  if (wrong.length > 0) {
    const variable = unexpandedVariable(wrong.join());
    return invalid({
      subject,
      found: wrong.map((accountId) => JSON.stringify(accountId)).join(", "),
      expected: "account ids of 12 digits, separated by commas",
      fix:
        variable === undefined
          ? "Write each id with all of its digits, in quotes, so that YAML does not take a leading zero away."
          : `Define the CI/CD variable ${variable} for this project and ref.`,
    });
  }
  if (role === undefined || accountIds.length === 0 || accountIds.includes(role.accountId)) {
    return valid(accountIds);
  }
  return invalid({
    subject,
    found: `the role ${role.text}, of account ${role.accountId}`,
    expected: `a role of account ${accountIds.join(" or ")}`,
    fix: "Correct the role's ARN, or add its account if the credentials may belong to it.",
  });
}
