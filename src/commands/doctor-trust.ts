import { holdsPersonalValues, isPersonal } from "../aws/trust-causes.ts";
import { listMisses } from "../aws/trust-policy/decision.ts";
import type { LintFinding } from "../aws/trust-policy/lint-finding.ts";
import { type ReviewedRequest, reviewTrustPolicy, type TrustReview } from "../aws/trust-review.ts";
import type { PolicyFile } from "../config/doctor-config.ts";
import { type Check, failed, isAdmitted, passed, skipped, undecided } from "./doctor-check.ts";

/** A look at the trust policy that was given, if one was. */
export interface TrustLook {
  readonly check: Check;
  readonly review: TrustReview | undefined;
}

const HOW_TO_GIVE =
  "none was given; `aws iam get-role --role-name <role> --query Role.AssumeRolePolicyDocument > policy.json` fetches it for `trust-policy-file`";

const UNSEEN = "Not visible from here: policies of the AWS organization (SCP, RCP) and of VPC endpoints.";

/** Decides as IAM would, and looks for the known mistakes. */
export function lookAtTrustPolicy(
  policy: PolicyFile | undefined,
  request: ReviewedRequest | undefined,
  proposal: string | undefined,
): TrustLook {
  if (policy === undefined) return { check: skipped("trust-policy", HOW_TO_GIVE), review: undefined };
  const whole = reviewTrustPolicy(policy.text, request);
  const review = { ...whole, findings: whole.findings.map(withoutPersonalValues) };
  return { check: describeReview(review, proposal), review };
}

/** A corrected statement repeats every value of the policy. */
function withoutPersonalValues({ correction, ...finding }: LintFinding): LintFinding {
  return correction === undefined || holdsPersonalValues(correction.text)
    ? finding
    : { ...finding, correction };
}

function describeReview(review: TrustReview, proposal: string | undefined): Check {
  const { trust, problems, causes, decision } = review;
  const notes = review.findings.map(describeFinding);
  if (problems.length > 0) {
    const reasons = problems.map(({ place, message }) => ({
      reason: place ?? "the document",
      fix: message,
    }));
    const verdict = "The trust policy is none that IAM would take";
    return failed("trust-policy", { verdict, facts: [], causes: reasons, causesAre: "all" });
  }
  if (trust === undefined && review.findings.some(isFatal)) return failedByLint(review.findings);
  if (trust === undefined) {
    const summary = "whom it admits cannot be told without a token: see --claims and --project";
    return undecided("trust-policy", "unknown", { summary, notes });
  }
  if (trust.outcome === "allowed" && decision === "allow") {
    const summary = `${trust.by.place} allows this job`;
    return notes.length === 0
      ? passed("trust-policy", summary, [UNSEEN])
      : undecided("trust-policy", "warning", { summary, notes: [...notes, UNSEEN] });
  }
  const closing = proposal === undefined ? {} : { closing: proposal };
  if (decision === "deny") {
    return failed(
      "trust-policy",
      {
        verdict: "The trust policy does not allow this job",
        facts: [],
        causes,
        causesAre: "all",
        ...closing,
      },
      notes,
    );
  }
  const open = causes.map(({ reason, fix }) => `${reason}\n→ ${fix}`);
  return undecided("trust-policy", "unknown", {
    summary: "whether it allows this job turns on what cannot be seen from here",
    notes: [...open, ...notes],
  });
}

/** Nobody can assume a role by a statement with such a mistake. */
function isFatal({ severity }: LintFinding): boolean {
  return severity === "never-matches";
}

function failedByLint(findings: readonly LintFinding[]): Check {
  const causes = findings.filter(isFatal).map(({ place, message, correction }) => ({
    reason: `${place}\n${message}`,
    fix: correction === undefined ? "Correct it in the policy." : `${correction.place}:\n${correction.text}`,
  }));
  const verdict = "The trust policy has a mistake by which it never matches";
  const notes = findings.map(describeFinding);
  return failed("trust-policy", { verdict, facts: [], causes, causesAre: "all" }, notes);
}

/** AWS has admitted the job, whatever the policy at hand says. */
export function afterExchange(check: Check, exchange: Check): Check {
  if (!isAdmitted(exchange) || check.status !== "failed") return check;
  const summary = "AWS has admitted this job, so the policy given here is not the one that the role has";
  return undecided("trust-policy", "warning", { summary, notes: check.notes });
}

const SEVERITIES: Readonly<Record<LintFinding["severity"], string>> = {
  "never-matches": "never matches",
  "too-wide": "too wide",
  style: "style",
};

function describeFinding({ id, severity, place, message }: LintFinding): string {
  return `! ${SEVERITIES[severity]} (${id}), ${place}: ${message}`;
}

/** The review for machines: personal values, the policy's own among them, are left out. */
export function encodeReview(review: TrustReview): Readonly<Record<string, unknown>> {
  const { decision, trust, causes, findings, problems } = review;
  return {
    decision,
    causes,
    findings,
    problems,
    statements: trust?.statements.map((statement) => ({
      place: statement.place,
      sid: statement.sid,
      effect: statement.effect,
      match: statement.match,
      misses: listMisses(statement).map((miss) =>
        miss.kind === "condition" && isPersonal(miss) ? { ...miss, wanted: undefined } : miss,
      ),
    })),
  };
}
