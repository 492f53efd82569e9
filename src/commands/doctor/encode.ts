import { isPersonalKey } from "../../aws/trust-policy/evaluate/conditions.ts";
import { listMisses } from "../../aws/trust-policy/evaluate/decision.ts";
import type { TrustReview } from "../../aws/trust-policy/review.ts";
import type { DoctorSubject } from "../../config/doctor-config.ts";
import type { Problem } from "../../foundation/checked.ts";
import { VERSION } from "../../foundation/version.ts";
import type { FailureReport } from "../../output/report.ts";
import { type DoctorReport, type Verdict, verdictOf } from "./report.ts";

/**
 * Goes up when a member changes its meaning or is gone; new members and new values may come without.
 *
 * `docs/doctor.schema.json` describes all of it.
 */
const SCHEMA_VERSION = 1;

/** What every answer for machines begins with. */
interface Head {
  readonly about: DoctorSubject["kind"] | "trust-policy" | "command-line";
  readonly verdict: Verdict | "explained" | "misconfigured";
}

function encode(head: Head, rest: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, version: VERSION, ...head, ...rest }, null, 2)}\n`;
}

/** Everything that was looked at, for machines. */
export function encodeReport(about: Head["about"], report: DoctorReport): string {
  const { checks, token, review, statement } = report;
  return encode(
    { about, verdict: verdictOf(report) },
    {
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
    },
  );
}

/** The meaning of an error's text, for machines. */
export function encodeExplanation(
  explanation: FailureReport & { readonly id: string },
  verdict: "explained" | "unknown",
): string {
  return encode({ about: "error-text", verdict }, { checks: [], explanation });
}

/** What is wrong with the question, for machines. */
export function encodeProblems(problems: readonly Problem[]): string {
  return encode({ about: "command-line", verdict: "misconfigured" }, { checks: [], problems });
}

/** The review for machines: personal values, the policy's own among them, are left out. */
function encodeReview(review: TrustReview): Readonly<Record<string, unknown>> {
  const { decision, trust, causes, findings, unjudged, problems } = review;
  return {
    decision,
    causes,
    findings,
    unjudged,
    problems,
    statements: trust?.statements.map((statement) => ({
      place: statement.place,
      sid: statement.sid,
      effect: statement.effect,
      match: statement.match,
      misses: listMisses(statement).map((miss) =>
        miss.kind === "condition" && isPersonalKey(miss.key) ? { ...miss, wanted: undefined } : miss,
      ),
    })),
  };
}
