import { type Clock, type StopSignal, TimeLimitError } from "../../foundation/ports.ts";
import { classify, nextStep } from "./retry-policy.ts";
import { StsError, type StsTarget } from "./sts.ts";

/** The longest that one request may take, from the first packet to the last byte of the answer. */
const ATTEMPT_LIMIT_MS = 10_000;

/**
 * In shorter runs the limit is a third of the budget, so one hanging request does not use it all; but never less than
 * this.
 */
const SHORT_ATTEMPT_LIMIT_MS = 1000;

/** The time left for a whole run. */
export interface Budget {
  readonly totalMs: number;
  remainingMs(): number;
}

/** Counts from `startedMs`; the start of the process, and so of the run, is 0. */
export function createBudget(clock: Clock, totalMs: number, startedMs = 0): Budget {
  return { totalMs, remainingMs: () => Math.max(0, startedMs + totalMs - clock.elapsedMs()) };
}

/** How requests are made and repeated; one plan serves all requests of a run. */
export interface AttemptPlan {
  readonly targets: readonly [StsTarget, ...StsTarget[]];
  readonly budget: Budget;
  /** How long to retry after `AccessDenied`, per role, in milliseconds from the first request for it. */
  readonly propagationWaitMs: number;
  readonly maxAttempts: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called before each retry. */
  readonly onRetry: (retry: {
    readonly error: StsError;
    readonly delayMs: number;
    readonly target: StsTarget;
  }) => void;
}

/** All requests failed; `failures` lists them in order. */
export class StsAttemptsError extends Error {
  override readonly name = "StsAttemptsError";
  readonly failures: readonly [StsError, ...StsError[]];
  /** `refused`: the last answer is final. `attempts`, `time`: none left. */
  readonly why: "refused" | "attempts" | "time";
  /** From the first request to the last failure, in milliseconds. */
  readonly elapsedMs: number;

  constructor(
    failures: readonly [StsError, ...StsError[]],
    { why, elapsedMs }: Pick<StsAttemptsError, "why" | "elapsedMs">,
  ) {
    super(`no success after ${failures.length} requests`);
    this.failures = failures;
    this.why = why;
    this.elapsedMs = elapsedMs;
  }

  /** The failure to show: the final answer, else a denial before it, else the first thing that went wrong. */
  get decisive(): StsError {
    const [first] = this.failures;
    if (this.why === "refused") return this.failures.at(-1) ?? first;
    return this.failures.findLast((failure) => classify(failure) === "maybe-propagating") ?? first;
  }
}

/** One operation of STS, repeated as often as needed. */
export interface StsCall<T> {
  /** Its name, for the failures that no answer names. */
  readonly action: string;
  readonly send: (target: StsTarget, signal: StopSignal) => Promise<T>;
}

/** An answer, and who gave it. */
export interface Answered<T> {
  readonly answer: T;
  readonly target: StsTarget;
}

/**
 * Asks until there is an answer, a refusal, or no time or attempt left. It does not wait after the last failure.
 *
 * @throws {StsAttemptsError}
 */
export async function ask<T>(plan: AttemptPlan, call: StsCall<T>): Promise<Answered<T>> {
  const startedMs = plan.clock.elapsedMs();
  const failures: StsError[] = [];
  const notBeforeMs = new Map<StsTarget, number>();
  let target = plan.targets[0];
  for (;;) {
    const result = await attempt(call, target, {
      limitMs: attemptLimitMs(plan, failures),
      clock: plan.clock,
    });
    if (!(result instanceof StsError)) return { answer: result.answer, target };
    failures.push(result);
    const nowMs = plan.clock.elapsedMs();
    notBeforeMs.set(target, nowMs + (result.retryAfterMs ?? 0));
    const all = [...failures] as [StsError, ...StsError[]];
    const next = nextStep({
      failures: all,
      targets: plan.targets,
      remainingMs: plan.budget.remainingMs(),
      propagationMs: plan.propagationWaitMs - (nowMs - startedMs),
      askedToWaitMs: (asked) => (notBeforeMs.get(asked) ?? 0) - nowMs,
      maxAttempts: plan.maxAttempts,
      random: plan.random,
    });
    if (next.step === "give-up")
      throw new StsAttemptsError(all, { why: next.why, elapsedMs: nowMs - startedMs });
    plan.onRetry({ error: result, delayMs: next.delayMs, target: next.target });
    await plan.clock.sleep(next.delayMs);
    target = next.target;
  }
}

/** While Regions are untried, none may use up the time of the others. */
function attemptLimitMs({ budget, targets }: AttemptPlan, failures: readonly StsError[]): number {
  const untried = targets.filter((target) => !failures.some((failure) => failure.target === target)).length;
  return Math.min(
    ATTEMPT_LIMIT_MS,
    Math.max(SHORT_ATTEMPT_LIMIT_MS, budget.totalMs / 3),
    budget.remainingMs() / Math.max(1, untried),
  );
}

async function attempt<T>(
  { action, send }: StsCall<T>,
  target: StsTarget,
  { limitMs, clock }: { readonly limitMs: number; readonly clock: Clock },
): Promise<{ readonly answer: T } | StsError> {
  try {
    return { answer: await clock.limit(limitMs, (signal) => send(target, signal)) };
  } catch (error) {
    if (error instanceof StsError) return error;
    if (!(error instanceof TimeLimitError)) throw error;
    return new StsError(`no complete answer within ${(limitMs / 1000).toFixed(1)} s`, {
      action,
      target,
      fault: { kind: "timeout", phase: "answer" },
      cause: error,
    });
  }
}
