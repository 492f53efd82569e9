import { holdsPersonalValues } from "../../aws/trust-policy/explain/causes.ts";
import type { LintFinding } from "../../aws/trust-policy/lint/finding.ts";
import type { UnjudgedStatement } from "../../aws/trust-policy/lint/other-principals.ts";
import { type ReviewedRequest, reviewTrustPolicy, type TrustReview } from "../../aws/trust-policy/review.ts";
import type { PolicyFile } from "../../config/doctor-config.ts";
import type { TokenFinding } from "../../gitlab/notices.ts";
import { buildProposal, type Proposal } from "../proposal.ts";
import { type Check, failed, isAdmitted, passed, skipped, undecided } from "./check.ts";

/** A check of the given trust policy, if any. */
export interface TrustLook {
  readonly check: Check;
  readonly review: TrustReview | undefined;
  /** The statement that would admit the job. */
  readonly proposal: Proposal | undefined;
}

const NONE_GIVEN =
  "none given; `aws iam get-role --role-name <role> --output json > policy.json` fetches it for `trust-policy-file`";

const GIVE_POLICY = "Pass the role's trust policy with --trust-policy.";

const GIVE_CLAIMS =
  "Describe the job with --project and one of --branch, --tag and --merge-request, or pass its token with --claims.";

const UNSEEN = "Not visible from here: policies of the AWS organization (SCP, RCP) and of VPC endpoints.";

/** Decides as IAM would, and looks for known mistakes. */
export function lookAtTrustPolicy(
  policy: PolicyFile | undefined,
  request: ReviewedRequest | undefined,
  evidence: readonly TokenFinding[],
): TrustLook {
  const propose = (review?: TrustReview) => request && buildProposal(request, evidence, review);
  if (policy === undefined) {
    const check = skipped("trust-policy", NONE_GIVEN, GIVE_POLICY);
    return { check, review: undefined, proposal: propose() };
  }
  const whole = reviewTrustPolicy(policy.text, request);
  const review = { ...whole, findings: whole.findings.map(withoutPersonalValues) };
  const proposal = propose(review);
  return { check: describeReview(review, proposal?.text), review, proposal };
}

/** A corrected statement contains every value of the policy. */
function withoutPersonalValues({ correction, ...finding }: LintFinding): LintFinding {
  return correction === undefined || holdsPersonalValues(correction.text)
    ? finding
    : { ...finding, correction };
}

function describeReview(review: TrustReview, proposal: string | undefined): Check {
  const { findings, unjudged } = review;
  const isTooWide = findings.some(({ severity }) => severity === "too-wide");
  return {
    ...decide(review, proposal),
    ...(isTooWide ? { alarm: "the trust policy is too wide: see the findings above" } : {}),
    ...(unjudged.length === 0
      ? {}
      : { unseen: `not judged: ${unjudged.map(({ place }) => place).join(", ")} of the trust policy` }),
  };
}

function decide(review: TrustReview, proposal: string | undefined): Check {
  const { trust, problems, causes, decision, findings } = review;
  const unjudged = review.unjudged.map(describeUnjudged);
  const notes = [...findings.map(describeFinding), ...unjudged];
  if (problems.length > 0) return refusedByIam(problems);
  if (trust === undefined && findings.some(isFatal)) return failedByLint(findings, notes);
  if (trust === undefined) {
    const summary = "without a token, nothing shows whom it admits: see --claims and --project";
    return undecided("trust-policy", "unknown", { summary, notes, next: GIVE_CLAIMS });
  }
  if (trust.outcome === "allowed" && decision === "allow") return admitted(trust.by.place, review);
  if (decision === "deny") {
    const verdict = "The trust policy does not allow this job";
    const closing = proposal === undefined ? {} : { closing: proposal };
    const untold = [
      ...findings.filter((finding) => !isTold(finding, causes)).map(describeFinding),
      ...unjudged,
    ];
    return failed("trust-policy", { verdict, facts: [], causes, causesAre: "all", ...closing }, untold);
  }
  const [only, ...others] = causes;
  const isOne = only !== undefined && others.length === 0;
  const open = causes.map(({ reason, fix }) => (isOne ? reason : `${reason}\n→ ${fix}`));
  return undecided("trust-policy", "unknown", {
    summary: causes.every(({ id }) => id === "untold-claims")
      ? "whether it allows this job depends on claims that were not given"
      : "whether it allows this job depends on what cannot be seen from here",
    notes: [...open, ...notes],
    next: isOne ? only.fix : "See above what it depends on.",
  });
}

function refusedByIam(problems: TrustReview["problems"]): Check {
  const causes = problems.map(({ place, message }) => ({ reason: place ?? "the document", fix: message }));
  const verdict = "This is not a valid trust policy: IAM refuses it";
  return failed("trust-policy", { verdict, facts: [], causes, causesAre: "all" });
}

/** Nothing is wrong for this job; who else gets in comes first. */
function admitted(place: string, { findings, unjudged }: TrustReview): Check {
  const dangers = findings.filter(({ severity }) => severity === "too-wide");
  const others = findings.filter(({ severity }) => severity !== "too-wide");
  const notes = [...[...dangers, ...others].map(describeFinding), ...unjudged.map(describeUnjudged)];
  const allows = `${place} allows this job`;
  if (notes.length === 0) return passed("trust-policy", allows, [UNSEEN]);
  const summary = dangers.length === 0 ? allows : `${allows}, but the policy lets in others too`;
  return undecided("trust-policy", "warning", { summary, notes: [...notes, UNSEEN] });
}

/** What a token shows, without what the causes of a refusal repeat. */
export function withoutTold(
  findings: readonly TokenFinding[],
  review: TrustReview | undefined,
): readonly TokenFinding[] {
  const told = review?.causes.map(({ id }) => id) ?? [];
  return findings.filter(({ id }) => !told.includes(id));
}

/** Causes of a refusal that say the same as a finding. */
const SAME: Partial<Readonly<Record<LintFinding["id"], readonly string[]>>> = {
  action: ["action-missing"],
  "aud-mismatch": ["other-audience"],
  case: ["sub-case"],
  "eq-wildcard": ["eq-wildcard"],
  "github-sub": ["github-sub"],
  "old-sub": ["custom-sub", "sub-components", "sub-cut-off"],
  "other-project": ["sub-case"],
  "path-url": ["other-key"],
  "ref-type-mr": ["ref-type-mr"],
  "self-managed-extra": ["unavailable-key"],
  "tag-vs-branch": ["other-ref"],
  "two-providers": ["two-providers"],
  "unknown-claim": ["unavailable-key"],
  "wrong-prefix": ["other-key"],
};

/** Whether a cause says the same about the same place. */
function isTold({ id, place }: LintFinding, causes: TrustReview["causes"]): boolean {
  return causes.some((cause) => SAME[id]?.includes(cause.id) && cause.reason.includes(place));
}

/** Nobody can assume a role with a statement that has one of these mistakes. */
function isFatal({ severity }: LintFinding): boolean {
  return severity === "never-matches";
}

function failedByLint(findings: readonly LintFinding[], notes: readonly string[]): Check {
  const causes = findings.filter(isFatal).map(({ place, message, correction }) => ({
    reason: `${place}\n${message}`,
    fix: correction === undefined ? "Correct it in the policy." : `${correction.place}:\n${correction.text}`,
  }));
  const verdict = "The trust policy has a mistake, so it never matches";
  return failed("trust-policy", { verdict, facts: [], causes, causesAre: "all" }, notes);
}

/**
 * AWS has admitted the job, whatever the given policy says. If that does not admit it, it is another role's, or an
 * older one: its mistakes and corrections do not matter.
 */
export function afterExchange(trust: TrustLook, exchange: Check): TrustLook {
  const { check, review } = trust;
  if (!isAdmitted(exchange) || check.status !== "failed") return trust;
  const { id, title } = check;
  const summary = "AWS has admitted this job, so the policy given here is not the role's policy";
  const findings = review?.findings.map(({ correction: _, ...finding }) => finding);
  return {
    ...trust,
    check: { id, title, status: "warning", summary, notes: [] },
    review: review === undefined || findings === undefined ? review : { ...review, findings },
  };
}

const SEVERITIES: Readonly<Record<LintFinding["severity"], string>> = {
  "never-matches": "never matches",
  "too-wide": "too wide",
  style: "style",
};

function describeFinding({ id, severity, place, message }: LintFinding): string {
  return `! ${SEVERITIES[severity]} (${id}), ${place}: ${message}`;
}

const MAX_NAMES = 3;

function describeUnjudged({ place, trusts }: UnjudgedStatement): string {
  const more = trusts.length > MAX_NAMES ? ` and ${trusts.length - MAX_NAMES} more` : "";
  return `? not judged, ${place}: it trusts ${trusts.slice(0, MAX_NAMES).join(", ")}${more}, to whom GitLab's ID tokens do not apply. Check that they may have the role.`;
}
