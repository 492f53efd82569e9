import type { Exchange } from "../aws/exchange.ts";
import { isAllowedAccount } from "../config/allowed-accounts.ts";
import { AwsOidcError } from "../errors.ts";

/**
 * Holds the account that AWS named in its answer against the allowed ones, before anything is written.
 *
 * @throws {AwsOidcError} `ACCOUNT_NOT_ALLOWED`
 */
export function assertAllowedAccount({ assumed, identity }: Exchange, allowed: readonly string[]): void {
  const accountId = identity?.accountId ?? assumed.arn.replace(/^arn:[^:]*:sts::(\d*):.*$/, "$1");
  if (isAllowedAccount(accountId, allowed)) return;
  throw new AwsOidcError(
    "ACCOUNT_NOT_ALLOWED",
    `AWS gave credentials of account ${accountId}, which is not in allowed-account-ids (${allowed.join(", ")}); nothing was written`,
    {
      hint: "Check `sts-endpoint` and AWS_ENDPOINT_URL: an answer for another account than that of the role's ARN is not from AWS.",
    },
  );
}
