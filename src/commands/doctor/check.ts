import type { FailureReport } from "../../output/report.ts";
import type { ExplainedFailure } from "../sts-failure.ts";

/** What the doctor looks at, in this order. */
export type CheckId =
  | "id-token"
  | "issuer"
  | "role-arn"
  | "configuration"
  | "variables"
  | "sts-endpoint"
  | "exchange"
  | "trust-policy";

/** What STS answered has an entry in the catalogue besides. */
export type CheckFailure = FailureReport &
  Partial<Pick<ExplainedFailure, "code" | "id" | "topic" | "reached">>;

/** How one of them is. */
export interface Check {
  readonly id: CheckId;
  readonly title: string;
  /** `warning`: stands in nobody's way by itself. `unknown`: cannot be told from here. */
  readonly status: "ok" | "warning" | "failed" | "unknown" | "skipped";
  readonly summary: string;
  /** What else is worth knowing, a line or more each. */
  readonly notes: readonly string[];
  /** A danger that the verdict must name, however the check ends: a clause. */
  readonly alarm?: string;
  /** What of it nobody looked at, for the verdict: a clause. */
  readonly unseen?: string;
  /** Where nothing else decides: what to give, so that this check does. */
  readonly next?: string;
  /** Of a failed check: what to do. */
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
