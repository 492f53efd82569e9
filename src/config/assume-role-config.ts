import { parseRoleArn, quoteRoleArn, type RoleArn } from "../aws/arn.ts";
import type { SessionPolicies } from "../aws/sts/session-policy.ts";
import { type Checked, invalid, valid } from "../foundation/checked.ts";
import type { Environment, Host } from "../foundation/ports.ts";
import { Secret } from "../foundation/secret.ts";
import { formatInstant } from "../foundation/times.ts";
import { decodeIdToken, ID_TOKEN_VARIABLE, type IdToken, missingIdToken } from "../gitlab/id-token.ts";
import { type GitLabJob, parseJob, readJob } from "../gitlab/job.ts";
import { type ChainedRole, parseChainedRole } from "./chained-role-config.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";
import { parseNarrowingList, parseOption, parseWholeNumber, unexpandedVariable } from "./inputs/scalars.ts";
import { parsePlaygroundUrl } from "./playground-url.ts";
import { parseDuration, parseSessionName, parseSessionPolicyInputs } from "./session-config.ts";
import { parseStsTargets, type StsTargets } from "./sts-targets.ts";

/** Everything that an exchange needs, checked. */
export interface AssumeRoleConfig {
  readonly job: GitLabJob;
  readonly idToken: IdToken;
  readonly role: RoleArn;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly sessionPolicies: SessionPolicies;
  /** The role that is assumed from the first one; the credentials are then for this role. */
  readonly chained: ChainedRole | undefined;
  /** Accounts that the credentials may belong to; an empty list means any. */
  readonly allowedAccountIds: readonly string[];
  readonly sts: StsTargets;
  readonly variablePrefix: string;
  readonly verify: "identity" | "none";
  readonly onShadowedVariables: "fail" | "warn";
  readonly consoleLink: "shown" | "hidden";
  /** The address of a playground to link to when the job is refused, if one was given. */
  readonly playgroundUrl: string | undefined;
  readonly timeoutSeconds: number;
  readonly propagationWaitSeconds: number;
  /** What no variable may disable. */
  readonly certificates: "verified";
  /** Maximum requests for one answer, from `AWS_MAX_ATTEMPTS`; if absent, only time limits them. */
  readonly maxAttempts: number | undefined;
}

/** STS accepts a token for this long after its `exp`, and before its `nbf`. */
const STS_LEEWAY_MS = 300_000;

/** The role that the credentials are for: the last of the chain. */
export function finalRole({ role, chained }: Pick<AssumeRoleConfig, "role" | "chained">): RoleArn {
  return chained?.role ?? role;
}

/** Each part of the configuration, checked separately. */
export type AssumeRoleParts = { readonly [Part in keyof AssumeRoleConfig]: Checked<AssumeRoleConfig[Part]> };

/** Reads and checks every input, so that a pipeline can be fixed in one go. */
export function parseAssumeRoleParts(
  raw: RawInputs,
  { env, files, clock }: Pick<Host, "env" | "files" | "clock">,
): AssumeRoleParts {
  const job = readJob(env);
  const role = parseRole(raw("role-arn"));
  const chained = parseChainedRole(raw, env, role.ok ? role.value : undefined);
  const final = chained.ok && role.ok ? finalRole({ role: role.value, chained: chained.value }) : undefined;
  const timeoutSeconds = parseTimeout(raw("timeout-seconds"));
  return {
    job: parseJob(env),
    idToken: parseIdToken(env, clock.now()),
    role,
    sessionName: parseSessionName(raw("session-name"), job),
    durationSeconds: parseDuration(raw("duration-seconds"), {
      isChained: Boolean(raw("chained-role-arn").text),
    }),
    sessionPolicies: parseSessionPolicyInputs(raw, files, final),
    chained,
    allowedAccountIds: parseAllowedAccountIds(raw("allowed-account-ids"), final),
    sts: parseStsTargets(raw, env, role.ok ? role.value : undefined),
    variablePrefix: parsePrefix(raw("variable-prefix")),
    verify: parseOption(raw("verify"), ["identity", "none"]),
    onShadowedVariables: parseOption(raw("on-shadowed-variables"), ["fail", "warn"]),
    consoleLink: parseOption(raw("console-link"), ["shown", "hidden"]),
    playgroundUrl: parsePlaygroundUrl(raw("playground-url")),
    timeoutSeconds,
    propagationWaitSeconds: parsePropagationWait(raw, timeoutSeconds),
    certificates: parseCertificateChecks(env),
    maxAttempts: parseMaxAttempts(env),
  };
}

function parseIdToken(env: Environment, now: Date): Checked<IdToken> {
  const text = env[ID_TOKEN_VARIABLE];
  if (!text) return invalid(missingIdToken({ empty: text === "" }));
  const idToken = decodeIdToken(new Secret(text, "ID token"));
  if (!idToken.ok || now.getTime() - idToken.value.claims.expiresAt.getTime() <= STS_LEEWAY_MS)
    return idToken;
  return invalid({
    subject: ID_TOKEN_VARIABLE,
    found: `the token expired at ${formatInstant(idToken.value.claims.expiresAt)}; the machine's clock says ${formatInstant(now)}`,
    expected: "a token that is still valid; it lasts as long as the job may run",
    fix: "Retry the job for a new token, or raise the job's `timeout`; correct the machine's clock if it is wrong.",
  });
}

function parseRole({ text, subject }: RawInput): Checked<RoleArn> {
  const expected = "the ARN of the IAM role to assume: arn:aws:iam::<12 digits of the account>:role/<name>";
  if (text === undefined) {
    const fix = `Set the input \`role-arn\`, or the flag --role-arn.`;
    return invalid({ subject, found: "no value", expected, fix });
  }
  if (text === "") {
    const fix =
      "If it comes from a CI/CD variable: a protected variable is empty on unprotected refs, and one scoped to an environment " +
      "is empty in a job without that `environment`. Check both under Settings > CI/CD > Variables.";
    return invalid({ subject, found: "an empty value", expected, fix });
  }
  const variable = unexpandedVariable(text);
  if (variable === undefined) return parseRoleArn(text, subject);
  const fix = `Define the CI/CD variable ${variable} for this project and ref; if it is defined, check that it is not protected, scoped or set to "expand: false".`;
  return invalid({
    subject,
    found: `${quoteRoleArn(text)}, in which GitLab did not expand ${variable}`,
    expected,
    fix,
  });
}

/**
 * Reads the accounts that credentials may belong to (an empty list means any) and checks the last role's account
 * against them; the exchange asserts that the credentials are for that account.
 */
function parseAllowedAccountIds(input: RawInput, role: RoleArn | undefined): Checked<readonly string[]> {
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
          ? "Write each id with all its digits, in quotes, so that YAML keeps a leading zero."
          : `Define the CI/CD variable ${variable} for this project and ref.`,
    });
  }
  if (role === undefined || accountIds.length === 0 || accountIds.includes(role.accountId)) {
    return valid(accountIds);
  }
  return invalid({
    subject,
    found: `the role ${role.text}, in account ${role.accountId}`,
    expected: `a role in account ${accountIds.join(" or ")}`,
    fix: "Correct the role's ARN, or add its account if the credentials may belong to it.",
  });
}

function parseTimeout(input: RawInput): Checked<number> {
  const fix = "Write the seconds as digits only.";
  return parseWholeNumber(input, { min: 1, max: 300, unit: "seconds", fix });
}

function parsePropagationWait(raw: RawInputs, timeoutSeconds: Checked<number>): Checked<number> {
  const max = timeoutSeconds.ok ? timeoutSeconds.value : 300;
  return parseWholeNumber(raw("propagation-wait-seconds"), {
    min: 0,
    max,
    unit: "seconds",
    fix: "Write the seconds as digits only.",
    above: "Wait less, or raise `timeout-seconds`, which limits the whole run.",
  });
}

function parsePrefix({ text = "", subject }: RawInput): Checked<string> {
  if (/^(?:[A-Za-z_][A-Za-z0-9_]{0,99})?$/.test(text)) return valid(text);
  return invalid({
    subject,
    found: JSON.stringify(text),
    expected: "the start of a variable name: letters, digits and _, not starting with a digit",
    fix: "Use a prefix such as PROD_.",
  });
}

function parseMaxAttempts(env: Environment): Checked<number | undefined> {
  const text = env.AWS_MAX_ATTEMPTS;
  if (!text) return valid(undefined);
  const fix = "Remove the variable, because time limits the attempts here, or set a small number.";
  return parseWholeNumber(
    { text, subject: "AWS_MAX_ATTEMPTS" },
    { min: 1, max: 1000, unit: "attempts", fix },
  );
}

/** @see https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue */
function parseCertificateChecks(env: Environment): Checked<"verified"> {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== "0") return valid("verified");
  return invalid({
    subject: "NODE_TLS_REJECT_UNAUTHORIZED",
    found:
      '"0", which tells Node to accept any certificate, so anyone on the network path could read the ID token',
    expected: "a job without this variable",
    fix:
      "Remove it from the CI/CD variables of the project, its groups and the instance, and from `variables:` of the pipeline.\n" +
      "For a certificate from your own authority, point NODE_EXTRA_CA_CERTS to that authority's certificate instead.",
  });
}
