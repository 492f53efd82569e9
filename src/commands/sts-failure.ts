import { type Diagnosis, diagnose } from "../aws/error-catalogue/diagnose.ts";
import type { Topic } from "../aws/error-catalogue/entry.ts";
import type { StsAttemptsError } from "../aws/sts/attempts.ts";
import { isRefusal } from "../aws/sts/retry-policy.ts";
import { describeTarget, type StsError } from "../aws/sts/sts.ts";
import { GITLAB_COM } from "../aws/trust-policy/model/condition-keys.ts";
import type { TrustReview } from "../aws/trust-policy/review.ts";
import type { AssumeRoleConfig } from "../config/assume-role-config.ts";
import { type NamedCause, withoutRepeats } from "../foundation/cause.ts";
import type { ErrorCode } from "../foundation/errors.ts";
import { showValue } from "../foundation/quote.ts";
import { formatInstant } from "../foundation/times.ts";
import { findInToken } from "../gitlab/evidence.ts";
import type { TokenFinding } from "../gitlab/notices.ts";
import type { Fact, FailureReport } from "../output/report.ts";
import { buildDiagnosisContext, type Surroundings } from "./diagnosis-context.ts";
import { linkToPlayground, renderLink } from "./playground-link.ts";
import { buildProposal, buildWebIdentityRequest } from "./proposal.ts";

/** A failure of STS, explained. */
export interface ExplainedFailure extends FailureReport {
  readonly code: ErrorCode;
  /** The id of the catalogue's entry. */
  readonly id: Diagnosis["id"];
  readonly topic: Diagnosis["topic"];
  /**
   * How far the exchange got: AWS gave the first role, or read its trust policy, which it does after verifying the
   * token.
   */
  readonly reached: "first-role" | "trust-policy" | undefined;
  readonly causes: readonly NamedCause[];
}

/** Explains why STS gave no credentials: the verdict, the facts, and what to do. */
export function describeStsFailure(
  error: StsAttemptsError,
  config: AssumeRoleConfig,
  around: Surroundings & { readonly trust?: TrustReview },
): ExplainedFailure {
  const { decisive } = error;
  const { host, trust } = around;
  const diagnosis = diagnose(decisive, buildDiagnosisContext(config, decisive.target, around));
  const findings = findInToken(config.idToken.claims, config.job, host.clock.now());
  const code = codeOf(error);
  const isTrust = diagnosis.topic === "trust-policy";
  const closing = isTrust
    ? buildProposal(buildWebIdentityRequest(config.idToken.claims, config.role), findings, trust)?.text
    : undefined;
  return {
    code,
    id: diagnosis.id,
    topic: diagnosis.topic,
    reached: SIGNED_ACTIONS.includes(decisive.action) ? "first-role" : isTrust ? "trust-policy" : undefined,
    ...(isTrust && trust?.decision === "deny"
      ? { verdict: `AWS refused: the trust policy of ${config.role.name} does not admit this job` }
      : { verdict: `${diagnosis.verdict}${countOf(error)}`, ...meaningOf(diagnosis) }),
    facts: [...factsOf(error, config, diagnosis.topic), ["error", `${code}, ${diagnosis.id}`]],
    ...chooseCauses(diagnosis, findings, isTrust ? trust : undefined),
    ...(diagnosis.heading === undefined ? {} : { further: furtherReading(diagnosis.heading) }),
    ...(closing === undefined ? {} : { closing }),
  };
}

/**
 * What to print below the failure of a job: a link to the playground with its claims, where the address of one was given and
 * a trust policy may be what refused it. Otherwise nothing.
 */
export function inviteToPlayground(
  { reached }: ExplainedFailure,
  { playgroundUrl, idToken }: AssumeRoleConfig,
): string {
  if (playgroundUrl === undefined || reached !== "trust-policy") return "";
  return renderLink(linkToPlayground(playgroundUrl, { shown: idToken.claims.all, withheld: [] }));
}

function furtherReading(heading: string): string {
  return `\`doctor\`, or troubleshooting.md: "${heading}"`;
}

function meaningOf({ meaning }: Diagnosis): Pick<FailureReport, "meaning"> {
  return meaning === undefined ? {} : { meaning };
}

const OTHER_POLICY: NamedCause = {
  id: "other-policy",
  reason:
    "The trust policy given here allows it, so the role has a different one: in another account, or changed since.",
  fix: "Fetch the policy again, with credentials for the account in the role ARN.",
};

/** What a known policy proves; else what the token shows, then the remaining possibilities. */
function chooseCauses(
  diagnosis: Diagnosis,
  findings: readonly TokenFinding[],
  trust: TrustReview | undefined,
): Pick<ExplainedFailure, "causes" | "causesAre"> {
  if (trust?.decision === "deny") return { causes: trust.causes, causesAre: "all" };
  if (trust?.trust === undefined) {
    const fork = findings.find(({ id }) => id === "fork")?.explains?.cause;
    if (diagnosis.topic === "trust-policy" && fork !== undefined) return { causes: [fork] };
    const shown = (rank: "first" | "last"): readonly NamedCause[] =>
      findings.flatMap(({ explains }) =>
        explains?.topic === diagnosis.topic && explains?.rank === rank ? [explains.cause] : [],
      );
    return { causes: withoutRepeats([...shown("first"), ...diagnosis.causes, ...shown("last")]) };
  }
  const open = diagnosis.causes.filter(({ settledBy }) => settledBy === undefined);
  const seen = trust.decision === "allow" ? [OTHER_POLICY] : trust.causes;
  return { causes: withoutRepeats([...seen, ...open]) };
}

function codeOf({ decisive }: StsAttemptsError): ErrorCode {
  switch (decisive.fault.kind) {
    case "service":
      return isRefusal(decisive) ? "STS_REFUSED" : "STS_UNAVAILABLE";
    case "reply":
      return "STS_REPLY_UNREADABLE";
    case "network":
      return "STS_UNREACHABLE";
    case "timeout":
      return "STS_TIMED_OUT";
  }
}

function countOf({ failures, why, elapsedMs }: StsAttemptsError): string {
  if (failures.length === 1) return "";
  const seconds = Math.round(elapsedMs / 1000);
  return ` (${failures.length} requests in ${seconds} s${why === "time" ? ", then time ran out" : ""})`;
}

/** What matters: the token only if AWS has read it, and the requests only if there were several. */
function factsOf(
  error: StsAttemptsError,
  config: AssumeRoleConfig,
  topic: Topic | undefined,
): readonly Fact[] {
  const { role, chained } = config;
  const { decisive, failures } = error;
  const isExchange = !SIGNED_ACTIONS.includes(decisive.action);
  return [
    ["role", role.text],
    ...(chained === undefined ? [] : [["second role", chained.role.text] as const]),
    ["STS said", saidBy(decisive)],
    ...(isExchange && failures.length === 1 ? [] : [["asked", askedBy(error)] as const]),
    ...(isExchange && isRefusal(decisive) ? tokenFacts(config, topic) : []),
  ];
}

/** Claims that trust policies for gitlab.com often pin, because AWS offers condition keys for them there. */
const PINNED_CLAIMS = ["project_id", "namespace_id", "ref_protected"] as const;

function tokenFacts({ idToken }: AssumeRoleConfig, topic: Topic | undefined): readonly Fact[] {
  const { iss, aud, sub, expiresAt, all } = idToken.claims;
  const pinned = PINNED_CLAIMS.filter((name) => all[name] !== undefined);
  return [
    ...(aud === iss
      ? ([["token iss, aud", showValue(iss)]] as const)
      : ([
          ["token iss", showValue(iss)],
          ["token aud", showValue(aud)],
        ] as const)),
    ["token sub", showValue(sub)],
    ...(topic === "trust-policy" && iss === `https://${GITLAB_COM}` && pinned.length > 0
      ? [["token ids", pinned.map((name) => `${name} ${showValue(all[name])}`).join(", ")] as const]
      : []),
    ...(topic === "clock" ? [["token until", formatInstant(expiresAt)] as const] : []),
  ];
}

function saidBy({ fault, message, target }: StsError): string {
  if (fault.kind !== "service") return `nothing: ${message}`;
  const request = fault.requestId === undefined ? "" : `, request ${fault.requestId}`;
  return `${fault.code}: ${message} (${describeTarget(target)}, HTTP ${fault.httpStatus}${request})`;
}

function askedBy({ failures, decisive }: StsAttemptsError): string {
  const counts = new Map<string, number>();
  for (const { target } of failures)
    counts.set(describeTarget(target), (counts.get(describeTarget(target)) ?? 0) + 1);
  const where = [...counts].map(([target, count]) => (count === 1 ? target : `${target} (${count} times)`));
  const isExchange = !SIGNED_ACTIONS.includes(decisive.action);
  return isExchange ? where.join(", ") : `${where.join(", ")}, for ${decisive.action}`;
}

/** Operations that need credentials, so the exchange itself has succeeded by then. */
const SIGNED_ACTIONS: readonly string[] = ["AssumeRole", "GetCallerIdentity"];
