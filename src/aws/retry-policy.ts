import type { StsError, StsTarget } from "./sts.ts";

/** What a failed request says about asking again. */
export type RetryClass =
  /** A refusal, or a fault that stays: asking again changes nothing. */
  | "final"
  /** The network or the server failed; another Region may do better. */
  | "transient"
  /** Too many requests at once. */
  | "throttled"
  /** STS could not reach the GitLab instance for its keys; it usually can seconds later. */
  | "identity-provider"
  /** Not enabled in this Region for the account; others may be. */
  | "region-disabled"
  /** Signed with a wrong clock, which the SDK has corrected from the answer. */
  | "clock-corrected"
  /** Denied, which a role made seconds ago also is. */
  | "maybe-propagating";

/**
 * How to wait, and how often to ask. The delay is drawn between 0 and `min(capMs, baseMs · 2ⁿ)` ("full jitter").
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
const BACKOFF: Readonly<
  Record<RetryClass, { readonly baseMs: number; readonly capMs: number; readonly maxAttempts: number }>
> = {
  final: { baseMs: 0, capMs: 0, maxAttempts: 1 },
  transient: { baseMs: 500, capMs: 8000, maxAttempts: 8 },
  throttled: { baseMs: 500, capMs: 5000, maxAttempts: Number.POSITIVE_INFINITY },
  "identity-provider": { baseMs: 2000, capMs: 10_000, maxAttempts: 6 },
  "region-disabled": { baseMs: 0, capMs: 0, maxAttempts: Number.POSITIVE_INFINITY },
  "clock-corrected": { baseMs: 0, capMs: 0, maxAttempts: 2 },
  "maybe-propagating": { baseMs: 4000, capMs: 4000, maxAttempts: Number.POSITIVE_INFINITY },
};

/** Failures of TLS itself, which no second request mends. */
const TLS_FAILURE =
  /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_)/;

/** Whether a failure of the network is one of TLS: a certificate, a protocol version. */
export function isTlsFailure(code: string): boolean {
  return TLS_FAILURE.test(code);
}

/**
 * Sorts a failure. The codes and texts are those that STS is known to send.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
 */
export function classify(error: StsError): RetryClass {
  const { fault } = error;
  switch (fault.kind) {
    case "timeout":
      return "transient";
    case "network":
      return isTlsFailure(fault.code) ? "final" : "transient";
    case "reply":
      return (fault.httpStatus ?? 0) >= 500 ? "transient" : "final";
    case "service":
      return error.clockCorrected ? "clock-corrected" : classifyAnswer(fault, error);
  }
}

const ANSWERS: readonly { readonly code: RegExp; readonly message?: RegExp; readonly kind: RetryClass }[] = [
  { code: /^(?:Throttl|TooManyRequests|RequestLimitExceeded)/, kind: "throttled" },
  { code: /^IDPCommunicationError/, kind: "identity-provider" },
  { code: /^InvalidIdentityToken/, message: /Couldn't retrieve verification key/, kind: "identity-provider" },
  { code: /^RegionDisabled/, kind: "region-disabled" },
  { code: /^AccessDenied/, message: /sts:AssumeRoleWithWebIdentity/, kind: "maybe-propagating" },
];

function classifyAnswer(
  fault: { readonly code: string; readonly httpStatus: number },
  { message }: StsError,
): RetryClass {
  const known = ANSWERS.find(
    (answer) => answer.code.test(fault.code) && (answer.message?.test(message) ?? true),
  );
  return known?.kind ?? (fault.httpStatus >= 500 ? "transient" : "final");
}

/** What happens after a failure. */
export type NextStep =
  | { readonly step: "again"; readonly delayMs: number; readonly target: StsTarget }
  | { readonly step: "give-up"; readonly why: "refused" | "attempts" | "time" };

export interface RetrySituation {
  /** Every failure so far, the last one last. */
  readonly failures: readonly [StsError, ...StsError[]];
  readonly targets: readonly [StsTarget, ...StsTarget[]];
  readonly remainingMs: number;
  /** How long `AccessDenied` may still be asked again, in milliseconds from now. */
  readonly propagationMs: number;
  readonly maxAttempts: number | undefined;
  readonly random: () => number;
}

/** Decides once, from all that is known, whether, where and when to ask again. */
export function nextStep(situation: RetrySituation): NextStep {
  const { failures, targets } = situation;
  const last = failures[failures.length - 1] ?? failures[0];
  const kind = classify(last);
  if (isFinal(kind, situation)) return { step: "give-up", why: "refused" };
  const alike = failures.filter((failure) => classify(failure) === kind).length;
  if (
    alike >= BACKOFF[kind].maxAttempts ||
    failures.length >= (situation.maxAttempts ?? Number.POSITIVE_INFINITY)
  ) {
    return { step: "give-up", why: "attempts" };
  }
  const target = mayMove(kind) ? targetAfter(last.target, targets) : last.target;
  const delayMs = delayBefore(target, last, situation);
  return delayMs < situation.remainingMs
    ? { step: "again", delayMs, target }
    : { step: "give-up", why: "time" };
}

function isFinal(kind: RetryClass, { failures, targets, propagationMs }: RetrySituation): boolean {
  if (kind === "maybe-propagating") return propagationMs <= 0;
  if (kind !== "region-disabled") return kind === "final";
  const disabled = new Set(
    failures.filter((failure) => classify(failure) === kind).map(({ target }) => target),
  );
  return disabled.size >= targets.length;
}

function mayMove(kind: RetryClass): boolean {
  return kind === "transient" || kind === "region-disabled";
}

function targetAfter(target: StsTarget, targets: readonly [StsTarget, ...StsTarget[]]): StsTarget {
  return targets[(targets.indexOf(target) + 1) % targets.length] ?? targets[0];
}

/** A Region that was not asked yet is asked at once. */
function delayBefore(next: StsTarget, last: StsError, { failures, random }: RetrySituation): number {
  const asked = failures.filter(({ target }) => target === next).length;
  if (asked === 0) return 0;
  const { baseMs, capMs } = BACKOFF[classify(last)];
  const jittered = random() * Math.min(capMs, baseMs * 2 ** (asked - 1));
  return Math.max(jittered, last.target === next ? (last.retryAfterMs ?? 0) : 0);
}
