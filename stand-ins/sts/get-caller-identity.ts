import type { XmlContent } from "./query-protocol.ts";
import type { SignedCall } from "./service.ts";
import { assumedRoleArn, assumedRoleId } from "./sessions.ts";

/**
 * Answers `GetCallerIdentity`, which needs a valid signature and no permission.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function getCallerIdentity({ signedBy: { session } }: SignedCall): XmlContent {
  return {
    Arn: assumedRoleArn(session),
    UserId: assumedRoleId(session),
    Account: session.role.accountId,
  };
}
