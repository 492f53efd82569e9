import { type Clock, type StopSignal, TimeLimitError } from "../../foundation/ports.ts";
import { classify, nextStep } from "./retry-policy.ts";
import { StsError, type StsTarget } from "./sts.ts";

/** The longest that one request may take, from the first packet to the last byte of the answer. */
const ATTEMPT_LIMIT_MS = 10_000;

/** A third of the budget is the limit in shorter runs, so that one request that hangs is not the end; but not less than this. */
const SHORT_ATTEMPT_LIMIT_MS = 1000;

/** The time that a whole run may take, as it runs out. */
export interface Budget {
  readonly totalMs: number;
  remainingMs(): number;
}

/** Counts from `startedMs` by the clock; that of the process, and so of the run, is 0. */
export function createBudget(clock: Clock, totalMs: number, startedMs = 0): Budget {
  return { totalMs, remainingMs: () => Math.max(0, startedMs + totalMs - clock.elapsedMs()) };
}

/** How requests are made and repeated; one plan serves all requests of a run. */
export interface AttemptPlan {
  readonly targets: readonly [StsTarget, ...StsTarget[]];
  readonly budget: Budget;
  /** How long `AccessDenied` is asked again, for each role, in milliseconds from the first request for it. */
  readonly propagationWaitMs: number;
  readonly maxAttempts: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told before each repetition. */
  readonly onRetry: (retry: {
    readonly error: StsError;
    readonly delayMs: number;
    readonly target: StsTarget;
  }) => void;
}

/** Asking came to nothing; `failures` tells all of it, the first one first. */
export class StsAttemptsError extends Error {
  override readonly name = "StsAttemptsError";
  readonly failures: readonly [StsError, ...StsError[]];
  /** `refused`: the last answer stands. `attempts`, `time`: there were no more of them. */
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

  /** The failure to show: the answer that stands, else a denial on the way to it, else the first thing that went wrong. */
  get decisive(): StsError {
    const [first] = this.failures;
    if (this.why === "refused") return this.failures.at(-1) ?? first;
    return this.failures.findLast((failure) => classify(failure) === "maybe-propagating") ?? first;
  }
}

/** One operation of STS, as often as it takes. */
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
 * Asks until there is an answer, a refusal, or no time or attempt left. Nothing sleeps after the last failure.
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

/** While Regions are untried, none of them may use up the time of the others. */
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
