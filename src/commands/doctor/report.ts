import type { TrustReview } from "../../aws/trust-policy/review.ts";
import type { TokenFinding } from "../../gitlab/notices.ts";
import type { ShownClaims } from "../../gitlab/shared-claims.ts";
import { renderChecks, renderUndecided } from "../../output/checks.ts";
import type { Paint } from "../../output/paint.ts";
import { type FailureReport, renderFailure, renderNote, renderSuccess } from "../../output/report.ts";
import { renderLink } from "../playground-link.ts";
import type { Check } from "./check.ts";

/** All that the doctor found. */
export interface DoctorReport {
  readonly checks: readonly Check[];
  readonly token: { readonly claims: ShownClaims; readonly findings: readonly TokenFinding[] } | undefined;
  readonly review: TrustReview | undefined;
  /** The statement that would admit exactly this job, as JSON. */
  readonly statement: string | undefined;
  /** A link to the playground with the job's claims, if its address is known. */
  readonly playground?: string;
}

export type Verdict = "clear" | "too-wide" | "unknown" | "blocked";

/**
 * `blocked` if anything is known to block the job; `too-wide` if others than intended can have the role; `unknown` if
 * nothing that was checked decides.
 */
export function verdictOf({ checks }: Pick<DoctorReport, "checks">): Verdict {
  if (checks.some(({ status }) => status === "failed")) return "blocked";
  if (checks.some(({ alarm }) => alarm !== undefined)) return "too-wide";
  return checks.some(decides) ? "clear" : "unknown";
}

/** Only AWS itself and the role's policy decide whether a job gets the role. */
function decides({ id, status }: Check): boolean {
  return (id === "exchange" || id === "trust-policy") && (status === "ok" || status === "warning");
}

/** Renders the checks in order, and the verdict last, where a reader of a log looks first. */
export function renderText(report: DoctorReport, paint: Paint): string {
  const { checks } = report;
  const verdict = verdictOf(report);
  const failures = failuresOf(checks).map((failure) => renderFailure(failure, paint));
  const verdicts = [
    ...failures,
    ...(verdict === "clear" ? [renderSuccess(withRest(clearVerdict(checks), checks), [], paint)] : []),
    ...(verdict === "unknown" ? [renderUnknown(checks, paint)] : []),
    ...alarmsOf(checks).map((alarm) => renderNote(paint.bold(alarm), paint)),
  ];
  const link = report.playground === undefined ? "" : renderLink(report.playground);
  return `${renderChecks(checks, paint)}\n${verdicts.join("\n")}${link}`;
}

/** AWS's own answer comes first, together with the trust policy that explains it. */
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

/** Says what is left to check, where a ✔ would be read as "it works". */
function renderUnknown(checks: readonly Check[], paint: Paint): string {
  const next = checks.flatMap((check) => check.next ?? []).join("\n");
  return renderUndecided(withRest("This does not show whether AWS gives the role", checks), next, paint);
}

const isTried = (checks: readonly Check[]): boolean =>
  checks.some(({ id, status }) => id === "exchange" && status === "ok");

function clearVerdict(checks: readonly Check[]): string {
  return isTried(checks)
    ? "Nothing blocks this job: AWS gives it credentials"
    : "Nothing that was checked blocks this job";
}

function withRest(verdict: string, checks: readonly Check[]): string {
  const open = checks.filter(({ status }) => status === "unknown").map(({ title }) => title);
  const unseen = checks.flatMap((check) => check.unseen ?? []);
  return [verdict, ...(open.length === 0 ? [] : [`open: ${open.join(", ")}`]), ...unseen].join("; ");
}

/** A danger is repeated at the end, where a reader would otherwise think that all is well. */
function alarmsOf(checks: readonly Check[]): readonly string[] {
  return checks
    .flatMap(({ alarm }) => alarm ?? [])
    .map((alarm) =>
      withRest(
        isTried(checks)
          ? `AWS gives this job credentials, but ${alarm}`
          : `${alarm[0]?.toUpperCase()}${alarm.slice(1)}`,
        checks,
      ),
    );
}
