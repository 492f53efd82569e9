import type { FailureReport } from "../../output/report.ts";
import type { ExplainedFailure } from "../sts-failure.ts";

/** What the doctor checks, in this order. */
export type CheckId =
  | "id-token"
  | "issuer"
  | "role-arn"
  | "configuration"
  | "variables"
  | "sts-endpoint"
  | "exchange"
  | "trust-policy";

/** STS's answer also has an entry in the catalogue. */
export type CheckFailure = FailureReport &
  Partial<Pick<ExplainedFailure, "code" | "id" | "topic" | "reached">>;

/** The result of one check. */
export interface Check {
  readonly id: CheckId;
  readonly title: string;
  /** `warning`: does not block by itself. `unknown`: cannot be seen from here. */
  readonly status: "ok" | "warning" | "failed" | "unknown" | "skipped";
  readonly summary: string;
  /** What else is worth knowing, at least a line each. */
  readonly notes: readonly string[];
  /** A danger that the verdict must name, whatever the result: a clause. */
  readonly alarm?: string;
  /** What was not checked, for the verdict: a clause. */
  readonly unseen?: string;
  /** If nothing else decides: what to pass so that this check does. */
  readonly next?: string;
  /** For a failed check: what to do. */
  readonly failure?: CheckFailure;
}

const TITLES: Readonly<Record<CheckId, string>> = {
  "id-token": "ID token",
  issuer: "Issuer",
  "role-arn": "Role ARN",
  configuration: "Configuration",
  variables: "Variables",
  "sts-endpoint": "STS endpoint",
  exchange: "Exchange",
  "trust-policy": "Trust policy",
};

export function passed(id: CheckId, summary: string, notes: readonly string[] = []): Check {
  return { id, title: TITLES[id], status: "ok", summary, notes };
}

export function skipped(id: CheckId, summary: string, next?: string): Check {
  return {
    id,
    title: TITLES[id],
    status: "skipped",
    summary,
    notes: [],
    ...(next === undefined ? {} : { next }),
  };
}

export function undecided(
  id: CheckId,
  status: "warning" | "unknown",
  told: Pick<Check, "summary" | "notes" | "next">,
): Check {
  return { id, title: TITLES[id], status, ...told };
}

export function failed(id: CheckId, failure: CheckFailure, notes: readonly string[] = []): Check {
  return { id, title: TITLES[id], status: "failed", summary: failure.verdict, notes, failure };
}

/** Whether AWS has admitted this job to the role, even if what followed failed. */
export function isAdmitted({ status, failure }: Check): boolean {
  return status === "ok" || failure?.reached === "first-role";
}
