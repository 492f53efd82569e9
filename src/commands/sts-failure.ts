import type { StsAttemptsError } from "../aws/attempts.ts";
import { describeTarget, type StsError } from "../aws/sts.ts";
import type { AssumeRoleConfig } from "../config/assume-role-config.ts";
import { formatInstant } from "../output/instants.ts";
import type { Cause, FailureReport } from "../output/report.ts";

/** Explains why STS gave no credentials: the verdict, the facts, and what to do. */
export function describeStsFailure(error: StsAttemptsError, config: AssumeRoleConfig): FailureReport {
  const { decisive } = error;
  return {
    verdict: verdictOf(decisive, error),
    facts: [
      ["role", config.role.text],
      ["STS said", saidBy(decisive)],
      ["asked", askedBy(error)],
      ["token iss", config.idToken.claims.iss],
      ["token aud", config.idToken.claims.aud],
      ["token sub", config.idToken.claims.sub],
      ["token until", formatInstant(config.idToken.claims.expiresAt)],
    ],
    causes: [causeOf(decisive)],
  };
}

function verdictOf(decisive: StsError, { why, failures }: StsAttemptsError): string {
  const where = describeTarget(decisive.target);
  const tries =
    failures.length === 1
      ? ""
      : ` (${failures.length} requests${why === "time" ? ", then the time was over" : ""})`;
  switch (decisive.fault.kind) {
    case "service":
      return `${why === "refused" ? "AWS refused" : "AWS did not do it"}: ${decisive.fault.code}, ${decisive.message}${tries}`;
    case "reply":
      return `${where}: what answered is not STS${tries}`;
    case "network":
      return `${where} cannot be reached: ${decisive.fault.code}${tries}`;
    case "timeout":
      return `${where} did not ${decisive.fault.phase === "connect" ? "accept the connection" : "answer"} in time${tries}`;
  }
}

function saidBy({ fault, message }: StsError): string {
  if (fault.kind !== "service") return `nothing: ${message}`;
  const request = fault.requestId === undefined ? "" : `, request ${fault.requestId}`;
  return `${fault.code}: ${message} (HTTP ${fault.httpStatus}${request})`;
}

function askedBy({ failures }: StsAttemptsError): string {
  const counts = new Map<string, number>();
  for (const { target } of failures)
    counts.set(describeTarget(target), (counts.get(describeTarget(target)) ?? 0) + 1);
  return [...counts].map(([where, count]) => (count === 1 ? where : `${where} (${count} times)`)).join(", ");
}

function causeOf({ fault }: StsError): Cause {
  switch (fault.kind) {
    case "service":
      return {
        reason: "The role's trust policy, its account and the identity provider decide.",
        fix: "Compare them with the token above.",
      };
    case "reply":
      return {
        reason: "A proxy or gateway answered in place of STS.",
        fix: "Check HTTPS_PROXY, NO_PROXY and the input `sts-endpoint`.",
      };
    case "network":
    case "timeout":
      return {
        reason: "The runner has no way to STS.",
        fix: "Check its network, HTTPS_PROXY and NO_PROXY, and the input `region`.",
      };
  }
}
