import type { TrustReview } from "../aws/trust-review.ts";
import type { ShownClaims } from "../gitlab/claims.ts";
import type { TokenFinding } from "../gitlab/token-finding.ts";
import { renderChecks } from "../output/checks.ts";
import type { Paint } from "../output/paint.ts";
import { type FailureReport, renderFailure, renderSuccess } from "../output/report.ts";
import { VERSION } from "../version.ts";
import type { Check } from "./doctor-check.ts";
import { encodeReview } from "./doctor-trust.ts";

/** All that the doctor found. */
export interface DoctorReport {
  readonly checks: readonly Check[];
  readonly token: { readonly claims: ShownClaims; readonly findings: readonly TokenFinding[] } | undefined;
  readonly review: TrustReview | undefined;
  /** The statement that would admit exactly this job, as JSON. */
  readonly statement: string | undefined;
}

/** `blocked` when anything is known to stand in the way. */
export function verdictOf({ checks }: DoctorReport): "clear" | "blocked" {
  return checks.some(({ status }) => status === "failed") ? "blocked" : "clear";
}

/** Renders the checks in order, and the verdict last, where a reader of a log looks first. */
export function renderText(report: DoctorReport, paint: Paint): string {
  const failures = failuresOf(report.checks);
  const verdicts =
    failures.length > 0
      ? failures.map((failure) => renderFailure(failure, paint))
      : [renderSuccess(clearVerdict(report.checks), [], paint)];
  return `${renderChecks(report.checks, paint)}\n${verdicts.join("\n")}`;
}

/** What AWS itself said comes first, and a trust policy that explains it is part of that. */
function failuresOf(checks: readonly Check[]): readonly FailureReport[] {
  const exchange = checks.find(({ id }) => id === "exchange")?.failure;
  const others = checks.filter(({ id }) => id !== "exchange");
  const isExplained = exchange !== undefined;
  return [
    ...(exchange === undefined ? [] : [exchange]),
    ...others
      .filter(({ id }) => !(isExplained && id === "trust-policy"))
      .flatMap(({ failure }) => (failure === undefined ? [] : [failure])),
  ];
}

function clearVerdict(checks: readonly Check[]): string {
  const open = checks.filter(({ status }) => status === "unknown").map(({ title }) => title);
  const isTried = checks.some(({ id, status }) => id === "exchange" && status === "ok");
  const verdict = isTried
    ? "Nothing stands in the way: AWS gives this job credentials"
    : "Nothing that was looked at stands in the way";
  return open.length === 0 ? verdict : `${verdict}; open: ${open.join(", ")}`;
}

/** Everything, for machines. */
export function encodeReport(report: DoctorReport): Readonly<Record<string, unknown>> {
  const { checks, token, review, statement } = report;
  return {
    version: VERSION,
    verdict: verdictOf(report),
    checks,
    ...(token === undefined
      ? {}
      : {
          token: {
            claims: token.claims.shown,
            withheld: token.claims.withheld,
            findings: token.findings.map(({ id, weight, text }) => ({ id, weight, text })),
          },
        }),
    ...(review === undefined ? {} : { trustPolicy: encodeReview(review) }),
    ...(statement === undefined ? {} : { proposedStatement: JSON.parse(statement) }),
  };
}
