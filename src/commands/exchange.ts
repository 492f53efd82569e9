import { type AttemptPlan, createBudget } from "../aws/sts/attempts.ts";
import { type Exchange, type ExchangeRequest, exchangeIdToken } from "../aws/sts/exchange.ts";
import { DURATION_SECONDS } from "../aws/sts/session.ts";
import type { SessionPolicies } from "../aws/sts/session-policy.ts";
import { describeTarget, secretsOf } from "../aws/sts/sts.ts";
import { type AssumeRoleConfig, finalRole } from "../config/assume-role-config.ts";
import { formatIsoSeconds } from "../foundation/times.ts";
import type { Tools } from "./tools.ts";

/**
 * Exchanges the ID token as configured; writes only a line or two to `log.say` about retries.
 *
 * @param startedMs the clock's time when `timeout-seconds` began; the start of the process unless given
 * @throws {StsAttemptsError} for a failure of STS
 * @throws {AwsOidcError} `IDENTITY_MISMATCH`, `CANCELLED`
 */
export async function runExchange(
  config: AssumeRoleConfig,
  { host, connectSts, log, paint }: Tools,
  startedMs = 0,
): Promise<Exchange> {
  const plan: AttemptPlan = {
    targets: config.sts.targets,
    budget: createBudget(host.clock, config.timeoutSeconds * 1000, startedMs),
    propagationWaitMs: config.propagationWaitSeconds * 1000,
    maxAttempts: config.maxAttempts,
    clock: host.clock,
    random: host.random,
    onRetry: tellFirstRetries(({ error, delayMs, target }) => {
      const wait = delayMs >= 1000 ? ` in ${(delayMs / 1000).toFixed(1)} s` : "";
      const leftSeconds = Math.ceil(plan.budget.remainingMs() / 1000);
      const again = `retrying${wait}, for up to ${leftSeconds} s`;
      const next = target === error.target ? again : `asking ${describeTarget(target)}`;
      log.say(`${paint.dim(`  ${describeTarget(error.target)}: ${error.message}; ${next}`)}\n`);
    }),
  };
  return exchangeIdToken(buildExchangeRequest(config), plan, {
    connectSts,
    onCredentials: (credentials) => log.mask(...secretsOf(credentials)),
  });
}

type Retry = Parameters<AttemptPlan["onRetry"]>[0];

/** Reports the first retry, and the first that goes to another target: twenty similar lines would hide the verdict. */
function tellFirstRetries(tell: (retry: Retry) => void): (retry: Retry) => void {
  const told = new Set<"again" | "elsewhere">();
  return (retry) => {
    const where = retry.target === retry.error.target ? "again" : "elsewhere";
    if (!told.has(where)) tell(retry);
    told.add(where);
  };
}

const NO_POLICIES: SessionPolicies = { inline: undefined, managedPolicyArns: [] };

/**
 * Builds the request to STS. In a chain the session policies and the duration are for the chained role, and the first
 * session, which only serves to assume it, is as short as AWS allows.
 */
function buildExchangeRequest(config: AssumeRoleConfig): ExchangeRequest {
  const { role, sessionName, durationSeconds, sessionPolicies, chained, idToken, verify } = config;
  const session = { roleSessionName: sessionName, durationSeconds, sessionPolicies };
  if (chained === undefined) {
    const input = { ...session, roleArn: role.text, idToken: idToken.raw };
    return { webIdentity: { role, input }, chained: undefined, verify };
  }
  const { role: chainedRole, ...parameters } = chained;
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
    chained: {
      role: chainedRole,
      input: { ...session, ...parameters, roleArn: chainedRole.text },
    },
    verify,
  };
}

/** The credential variables of the report; a stale one of these would be used instead of ours. */
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
  const prefixed = variables.map(([name, value]) => [config.variablePrefix + name, value] as const);
  const { jobId } = config.job;
  // Lets the hidden jobs that use credentials see that two reports write the same names.
  const mark = [`AWS_OIDC_REPORT_${jobId}`, `${config.variablePrefix}AWS_ACCESS_KEY_ID`] as const;
  return new Map(jobId === undefined ? prefixed : [...prefixed, mark]);
}
