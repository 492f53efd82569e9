import type { AssumeRoleConfig, AssumeRoleParts } from "../../config/assume-role-config.ts";
import type { Problem } from "../../foundation/checked.ts";
import { AwsOidcError } from "../../foundation/errors.ts";
import type { Environment } from "../../foundation/ports.ts";
import { showValue } from "../../foundation/quote.ts";
import { formatInstant, formatSpan } from "../../foundation/times.ts";
import { listFindings } from "../../gitlab/evidence.ts";
import type { IdToken } from "../../gitlab/id-token.ts";
import type { TokenFinding } from "../../gitlab/notices.ts";
import { assertNotShadowed, shadowNotes } from "../shadowed-variables.ts";
import { type Check, type CheckId, failed, passed, undecided } from "./check.ts";

/** Parts with a separate check. */
const OWN_CHECKS: readonly (keyof AssumeRoleParts)[] = ["idToken", "role", "sts"];

const UNVERIFIED = "Read without verifying its signature: AWS does that.";

/** Whether there is a usable token, and what it shows. */
export function checkIdToken(
  idToken: AssumeRoleParts["idToken"],
  told: {
    readonly findings: readonly TokenFinding[];
    readonly claimLines: readonly string[];
    readonly now: Date;
  },
): Check {
  if (!idToken.ok) return failedBy("id-token", idToken.problems);
  const notes = [UNVERIFIED, ...told.claimLines, ...listFindings(told.findings)];
  return passed("id-token", describeToken(idToken.value, told.now), notes);
}

function describeToken({ claims }: IdToken, now: Date): string {
  const { project_path: project, ref_type: type, ref } = claims.all;
  const whose =
    project === undefined
      ? showValue(claims.sub)
      : `${showValue(project)}, ${showValue(type)} ${showValue(ref)}`;
  const left = formatSpan(claims.expiresAt.getTime() - now.getTime());
  return `${whose}; valid for ${left}, until ${formatInstant(claims.expiresAt)}`;
}

/** Whether the ARNs name roles. */
export function checkRoleArn({ role, chained }: AssumeRoleParts): Check {
  const problems = [role, chained].flatMap((part) => (part.ok ? [] : part.problems));
  if (!role.ok || !chained.ok) return failedBy("role-arn", problems);
  const { name, accountId, partition } = role.value;
  const second = chained.value === undefined ? "" : `, then ${chained.value.role.text}`;
  return passed("role-arn", `${name} in account ${accountId} (${partition})${second}`);
}

/** Every input that no other check covers. */
export function checkConfiguration(parts: AssumeRoleParts, notes: readonly string[]): Check {
  const problems = Object.entries(parts)
    .filter(([name]) => name !== "chained" && !OWN_CHECKS.some((own) => own === name))
    .flatMap(([, part]) => (part.ok ? [] : part.problems));
  if (problems.length > 0) return failedBy("configuration", problems);
  if (notes.length === 0) return passed("configuration", "every input is valid");
  return undecided("configuration", "warning", { summary: "a policy may have been altered", notes });
}

/** Variables that would replace what `assume-role` reports. */
export function checkVariables(config: AssumeRoleConfig, env: Environment): Check {
  const notes = shadowNotes({ ...config, onShadowedVariables: "warn" }, env);
  try {
    assertNotShadowed(config, env);
  } catch (error) {
    return failedByOwn("variables", error);
  }
  const summary = "none replaces the credentials";
  if (notes.length === 0) return passed("variables", summary);
  return undecided("variables", "warning", { summary: "some change what later jobs use", notes });
}

/**
 * A check that failed with an error of this program, as `assume-role` reports it.
 *
 * @throws {unknown} any other error, and `CANCELLED`
 */
export function failedByOwn(id: CheckId, error: unknown): Check {
  if (error instanceof AwsOidcError && error.code !== "CANCELLED") return failed(id, failureOf(error));
  throw error;
}

function failureOf({ message, code, hint }: AwsOidcError) {
  return { verdict: message, facts: [], causes: [{ reason: code, fix: hint }] };
}

/** A check that failed because of the user's input. */
export function failedBy(id: CheckId, problems: readonly Problem[]): Check {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) {
    const { subject, found, expected, fix } = first;
    const causes = [{ reason: `expected ${expected}`, fix }];
    return failed(id, { verdict: `${subject}: ${found}`, facts: [], causes });
  }
  const causes = problems.map(({ subject, found, expected, fix }) => ({
    reason: `${subject}: ${found}\nexpected ${expected}`,
    fix,
  }));
  const verdict = `${problems.length} inputs are wrong: ${problems.map(({ subject }) => subject).join(", ")}`;
  return failed(id, { verdict, facts: [], causes, causesAre: "all" });
}
