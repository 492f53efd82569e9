import { isPersonalKey } from "../../aws/trust-policy/evaluate/conditions.ts";
import { listMisses } from "../../aws/trust-policy/evaluate/decision.ts";
import type { TrustReview } from "../../aws/trust-policy/review.ts";
import type { DoctorSubject } from "../../config/doctor-config.ts";
import type { Problem } from "../../foundation/checked.ts";
import { VERSION } from "../../foundation/version.ts";
import type { FailureReport } from "../../output/report.ts";
import { type DoctorReport, type Verdict, verdictOf } from "./report.ts";

/**
 * Increases when a member changes its meaning or is removed; new members and new values may appear without.
 *
 * `docs/doctor.schema.json` describes all of it.
 */
const SCHEMA_VERSION = 1;

/** How every machine-readable answer begins. */
interface Head {
  readonly about: DoctorSubject["kind"] | "trust-policy" | "command-line";
  readonly verdict: Verdict | "explained" | "misconfigured";
}

/** A JSON document, and the places in it of all texts that others may have written. */
export interface JsonAnswer {
  readonly json: string;
  readonly texts: readonly (readonly [from: number, to: number])[];
}

function encode(head: Head, rest: Readonly<Record<string, unknown>>): JsonAnswer {
  const { token: _, proposedStatement: __, ...ours } = rest;
  const own = new Set([...NAMES_AROUND, ...namesIn({ ...head, ...ours })]);
  const json = `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, version: VERSION, ...head, ...rest }, null, 2)}\n`;
  const texts = [...json.matchAll(/"((?:[^"\\]|\\.)*)"(:?)/g)].flatMap(({ 1: text = "", 2: colon, index }) =>
    colon === ":" && own.has(text) ? [] : [[index + 1, index + 1 + text.length] as const],
  );
  return { json, texts };
}

/** Members that are this program's own, as opposed to those of claims and of the statement. */
const NAMES_AROUND =
  "schemaVersion version token claims withheld findings id weight text proposedStatement".split(" ");

/** Names of members, at any depth: this program generates them, so none of them is a secret. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(namesIn)];
}

/** Everything that was checked, for machines. */
export function encodeReport(about: Head["about"], report: DoctorReport): JsonAnswer {
  const { checks, token, review, statement, playground } = report;
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
      ...(playground === undefined ? {} : { playground }),
    },
  );
}

/** The meaning of an error's text, for machines. */
export function encodeExplanation(
  explanation: FailureReport & { readonly id: string },
  verdict: "explained" | "unknown",
): JsonAnswer {
  return encode({ about: "error-text", verdict }, { checks: [], explanation });
}

/** What is wrong with the question, for machines. */
export function encodeProblems(problems: readonly Problem[]): JsonAnswer {
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
