import type { StsError, StsFault, StsTarget } from "./sts.ts";

/** What a failed request says about retrying. */
export type RetryClass =
  /** A refusal, or a permanent fault: retrying changes nothing. */
  | "final"
  /** The network or the server failed; another Region may do better. */
  | "transient"
  /** Nothing listens at an endpoint that was given by URL; it may be starting, but is not worth the whole time. */
  | "endpoint-closed"
  /** Something answered that STS never says: cut off on the way, or sent by something else. */
  | "garbled"
  /** Too many requests at once. */
  | "throttled"
  /** STS could not reach the GitLab instance for its keys; it usually can seconds later. */
  | "identity-provider"
  /** Not enabled in this Region for the account; others may be. */
  | "region-disabled"
  /** Signed with a wrong clock, which the SDK has corrected from the answer. */
  | "clock-corrected"
  /** Denied, which also happens with a role or policy created seconds ago. */
  | "maybe-propagating";

interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
  /** The number of failures of this class after which to stop; without it, only time decides. */
  readonly maxFailures?: number;
}

/**
 * How long to wait: a random time between 0 and `min(capMs, baseMs · 2ⁿ)` ("full jitter").
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
const BACKOFF: Readonly<Record<RetryClass, Backoff>> = {
  final: { baseMs: 0, capMs: 0, maxFailures: 1 },
  transient: { baseMs: 500, capMs: 8000 },
  "endpoint-closed": { baseMs: 500, capMs: 2000, maxFailures: 4 },
  garbled: { baseMs: 500, capMs: 2000, maxFailures: 3 },
  throttled: { baseMs: 500, capMs: 5000 },
  "identity-provider": { baseMs: 2000, capMs: 10_000, maxFailures: 6 },
  "region-disabled": { baseMs: 0, capMs: 0 },
  "clock-corrected": { baseMs: 0, capMs: 0, maxFailures: 2 },
  "maybe-propagating": { baseMs: 1000, capMs: 4000 },
};

/** With less time than this left, a request would only be cut short. */
const MIN_ATTEMPT_MS = 500;

/** Temporary connection failures, by Node's codes; all others (certificates, bugs) are permanent. */
const PASSING_NETWORK_FAULT =
  /^(?:ECONN\w+|EPIPE|ETIMEDOUT|E(?:HOST|NET)(?:UNREACH|DOWN)|ENETRESET|ENOTFOUND|EAI_\w+|ERR_STREAM_PREMATURE_CLOSE|PROXY_5\d\d)$/;

/**
 * Sorts a failure. The codes and texts are those that STS is known to send.
 *
 * @see
 *   https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
export function classify(error: StsError): RetryClass {
  const { fault } = error;
  switch (fault.kind) {
    case "timeout":
      return "transient";
    case "network":
      if (isClosedEndpoint(error)) return "endpoint-closed";
      return PASSING_NETWORK_FAULT.test(fault.code) ? "transient" : "final";
    case "reply":
      return classifyStatus(fault.httpStatus ?? 200);
    case "service":
      return classifyAnswer(fault, error);
  }
}

function isClosedEndpoint({ fault, target, message }: StsError): boolean {
  const isRefused = fault.kind === "network" && fault.code === "ECONNREFUSED";
  return isRefused && target.endpoint !== undefined && !message.startsWith("the proxy ");
}

/** By the status alone, because a proxy, gateway or load balancer says no more. */
function classifyStatus(httpStatus: number): RetryClass {
  if (httpStatus >= 500 || httpStatus === 408) return "transient";
  if (httpStatus === 429) return "throttled";
  return httpStatus < 300 ? "garbled" : "final";
}

const ANSWERS: readonly { readonly code: RegExp; readonly message?: RegExp; readonly kind: RetryClass }[] = [
  { code: /Throttl|^(?:TooManyRequests|RequestLimitExceeded|SlowDown)/, kind: "throttled" },
  { code: /^RequestTimeout/, kind: "transient" },
  { code: /^IDPCommunicationError/, kind: "identity-provider" },
  { code: /^InvalidIdentityToken/, message: /Couldn't retrieve verification key/, kind: "identity-provider" },
  { code: /^RegionDisabled/, kind: "region-disabled" },
  { code: /^AccessDenied/, message: /sts:AssumeRoleWithWebIdentity/, kind: "maybe-propagating" },
  // The second role of a chain. An explicit deny is already in effect, so nothing is still propagating.
  {
    code: /^AccessDenied/,
    message: /^(?!.*explicit deny).*perform: sts:(?:AssumeRole|TagSession|SetSourceIdentity)\b/s,
    kind: "maybe-propagating",
  },
];

function classifyAnswer(
  { code, httpStatus }: Extract<StsFault, { kind: "service" }>,
  { message, clockCorrected }: StsError,
): RetryClass {
  const known = ANSWERS.find(
    (answer) => answer.code.test(code) && (answer.message === undefined || answer.message.test(message)),
  );
  const kind = known?.kind ?? classifyStatus(httpStatus);
  return kind === "final" && clockCorrected ? "clock-corrected" : kind;
}

/** Whether STS answered no, as opposed to failing itself or never being reached. */
export function isRefusal(error: StsError): boolean {
  const refusals: readonly RetryClass[] = [
    "final",
    "region-disabled",
    "clock-corrected",
    "maybe-propagating",
  ];
  return error.fault.kind === "service" && refusals.includes(classify(error));
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
  /** How long `AccessDenied` may still be retried, in milliseconds from now. */
  readonly propagationMs: number;
  /** How long a target still asks not to be used, in milliseconds from now; 0 or less if it may be used. */
  readonly askedToWaitMs: (target: StsTarget) => number;
  /** Total requests; if absent, as many as time allows. */
  readonly maxAttempts: number | undefined;
  readonly random: () => number;
}

/** Decides, from all that is known, whether, where and when to retry. */
export function nextStep(situation: RetrySituation): NextStep {
  const { failures, maxAttempts, remainingMs } = situation;
  const last = failures.at(-1) ?? failures[0];
  const kind = classify(last);
  const target = nextTarget(last.target, kind, situation);
  if (target === undefined) return { step: "give-up", why: "refused" };
  const { maxFailures = Number.POSITIVE_INFINITY } = BACKOFF[kind];
  const alike = failures.filter((failure) => classify(failure) === kind).length;
  if (alike >= maxFailures || failures.length >= (maxAttempts ?? Number.POSITIVE_INFINITY)) {
    return giveUp(kind, "attempts");
  }
  const delayMs = delayBefore(target, kind, situation);
  return delayMs + MIN_ATTEMPT_MS <= remainingMs ? { step: "again", delayMs, target } : giveUp(kind, "time");
}

/** A refusal that was retried only in case it was temporary becomes final once nothing is left to try. */
function giveUp(kind: RetryClass, lacking: "attempts" | "time"): NextStep {
  const stands = kind === "maybe-propagating" || kind === "clock-corrected";
  return { step: "give-up", why: stands ? "refused" : lacking };
}

/** The next target; none after a final answer. */
function nextTarget(last: StsTarget, kind: RetryClass, situation: RetrySituation): StsTarget | undefined {
  const { propagationMs, askedToWaitMs } = situation;
  if (kind === "final" || (kind === "maybe-propagating" && propagationMs <= 0)) return undefined;
  const isBusy = kind === "throttled" && askedToWaitMs(last) > 0;
  return kind === "transient" || kind === "region-disabled" || isBusy ? soonestTarget(last, situation) : last;
}

/** In turn, except for Regions that asked for a longer pause than another one. */
function soonestTarget(
  last: StsTarget,
  { failures, targets, askedToWaitMs }: RetrySituation,
): StsTarget | undefined {
  const disabled = failures
    .filter((failure) => classify(failure) === "region-disabled")
    .map(({ target }) => target);
  const next = targets.indexOf(last) + 1;
  const inTurn = [...targets.slice(next), ...targets.slice(0, next)].filter(
    (target) => !disabled.includes(target),
  );
  const waits = inTurn.map((target) => ({ target, ms: Math.max(0, askedToWaitMs(target)) }));
  return waits.sort((left, right) => left.ms - right.ms)[0]?.target;
}

/**
 * An untried Region is asked at once; one that named a time is not asked before it. A wait that would exceed the time
 * left ends early, for one last request.
 */
function delayBefore(
  target: StsTarget,
  kind: RetryClass,
  { failures, remainingMs, propagationMs, random, ...situation }: RetrySituation,
): number {
  const earlier = failures.filter((failure) => failure.target === target);
  if (earlier.length === 0) return 0;
  const askedToWaitMs = Math.max(0, situation.askedToWaitMs(target));
  const { baseMs, capMs } = BACKOFF[kind];
  const jitteredMs = random() * Math.min(capMs, baseMs * 2 ** (earlier.length - 1));
  const endsMs = Math.min(
    remainingMs - MIN_ATTEMPT_MS - askedToWaitMs,
    kind === "maybe-propagating" ? propagationMs : Number.POSITIVE_INFINITY,
  );
  return askedToWaitMs + Math.max(0, Math.min(jitteredMs, endsMs));
}
