import type { ExchangeRequest } from "../aws/sts/exchange.ts";
import { DURATION_SECONDS } from "../aws/sts/session-duration.ts";
import type { SessionPolicies } from "../aws/sts/session-policy.ts";
import type { AssumeRoleConfig } from "../config/assume-role-config.ts";

const NO_POLICIES: SessionPolicies = { inline: undefined, managedPolicyArns: [] };

/**
 * Says what to ask of STS. In a chain the session policies and the duration are those of the last role, and the first
 * session, which only serves to assume it, is as short as AWS allows.
 */
export function buildExchangeRequest(config: AssumeRoleConfig): ExchangeRequest {
  const { role, sessionName, durationSeconds, sessionPolicies, chained, idToken, verify } = config;
  const last = { roleSessionName: sessionName, durationSeconds, sessionPolicies };
  if (chained === undefined) {
    const input = { ...last, roleArn: role.text, idToken: idToken.raw };
    return { webIdentity: { role, input }, chained: undefined, verify };
  }
  const { role: second, ...session } = chained;
  return {
    webIdentity: {
      role,
      input: {
        roleArn: role.text,
        roleSessionName: sessionName,
        durationSeconds: DURATION_SECONDS.min,
        sessionPolicies: NO_POLICIES,
        idToken: idToken.raw,
      },
    },
    chained: { role: second, input: { ...last, ...session, roleArn: second.text } },
    verify,
  };
}
