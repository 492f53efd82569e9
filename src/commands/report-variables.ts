import type { Exchange } from "../aws/sts/exchange.ts";
import { type AssumeRoleConfig, finalRole } from "../config/assume-role-config.ts";
import { formatIsoSeconds } from "../foundation/times.ts";

/** The variables of the report that are the credentials; a stale one of these would be used in place of ours. */
export const CREDENTIAL_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
] as const;

/**
 * The variables that later jobs get, in the order of the report.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
 */
export function reportVariables(config: AssumeRoleConfig, exchange: Exchange): ReadonlyMap<string, string> {
  const { credentials } = exchange.assumed;
  const region = config.sts.exportedRegion;
  const variables: readonly (readonly [string, string])[] = [
    ["AWS_ACCESS_KEY_ID", credentials.accessKeyId.reveal()],
    ["AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey.reveal()],
    ["AWS_SESSION_TOKEN", credentials.sessionToken.reveal()],
    ["AWS_CREDENTIAL_EXPIRATION", formatIsoSeconds(credentials.expiration)],
    ["AWS_ACCOUNT_ID", finalRole(config).accountId],
    ...(region === undefined
      ? []
      : ([
          ["AWS_REGION", region],
          ["AWS_DEFAULT_REGION", region],
        ] as const)),
  ];
  return new Map(variables.map(([name, value]) => [config.variablePrefix + name, value]));
}
