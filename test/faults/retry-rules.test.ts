import fc from "fast-check";
import { expect, it } from "vitest";
import { ask, createBudget, StsAttemptsError } from "../../src/aws/sts/attempts.ts";
import { classify, nextStep, type RetryClass } from "../../src/aws/sts/retry-policy.ts";
import type { StsError, StsFault, StsTarget } from "../../src/aws/sts/sts.ts";
import { createVirtualClock } from "../harness/memory-host.ts";
import { ACCESS_DENIED, refusal, stsError, targetIn } from "../harness/sts-errors.ts";

const TARGETS = ["eu-west-1", "eu-central-1", "us-east-1"].map(targetIn);

/** Faults of the network by their codes. */
const NETWORK: Readonly<Partial<Record<RetryClass, readonly string[]>>> = {
  transient: [
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENETDOWN",
    "EAI_AGAIN",
    "ERR_STREAM_PREMATURE_CLOSE",
    "PROXY_500",
    "PROXY_504",
  ],
  final: ["ERR_SSL_WRONG_VERSION_NUMBER", "EPROTO", "PROXY_407", "PROXY_403", "TypeError", "UNKNOWN"],
};

/** Answers without the words of STS, by their HTTP status. */
const REPLIES: Readonly<Partial<Record<RetryClass, readonly number[]>>> = {
  transient: [408, 500, 502, 503, 504],
  throttled: [429],
  garbled: [200],
  final: [302, 400, 401, 404, 407],
};

/** Answers of STS, by their code and, where it matters, HTTP status. */
const CODES: Readonly<Partial<Record<RetryClass, readonly string[]>>> = {
  transient: ["RequestTimeoutException", "ServiceUnavailable 503"],
  throttled: ["ThrottlingException", "RequestThrottled", "SlowDown 503", "TooManyRequestsException 429"],
  "identity-provider": ["IDPCommunicationErrorException"],
  final: ["SignatureDoesNotMatch 403", "SomethingNew 418"],
};

const EXAMPLES: readonly (readonly [RetryClass, StsFault])[] = [
  ...Object.entries(NETWORK).flatMap(([kind, codes]) =>
    codes.map((code) => [kind as RetryClass, { kind: "network", code }] as const),
  ),
  ...Object.entries(REPLIES).flatMap(([kind, statuses]) =>
    statuses.map((httpStatus) => [kind as RetryClass, { kind: "reply", httpStatus }] as const),
  ),
  ...Object.entries(CODES).flatMap(([kind, answers]) =>
    answers.map((answer) => {
      const [code = "", status = "400"] = answer.split(" ");
      const fault = { kind: "service", code, httpStatus: Number(status), requestId: undefined } as const;
      return [kind as RetryClass, fault] as const;
    }),
  ),
];

it.each(EXAMPLES)("sorts as %s: %j", (kind, fault) => {
  expect(classify(stsError(fault))).toBe(kind);
});

it("lets a corrected clock excuse a refusal only", () => {
  expect(classify(refusal("Throttling", "", { clockCorrected: true }))).toBe("throttled");
});

it("draws each wait separately, between nothing and a ceiling that doubles up to its cap", () => {
  const wait = (error: StsError, count: number, random: number): number => {
    const step = nextStep({
      failures: [error, ...Array.from({ length: count - 1 }, () => error)],
      targets: [error.target],
      remainingMs: 60_000,
      propagationMs: 0,
      askedToWaitMs: () => 0,
      maxAttempts: undefined,
      random: () => random,
    });
    return step.step === "again" ? step.delayMs : -1;
  };
  const throttling = refusal("Throttling");
  expect([1, 2, 3, 4, 5, 20].map((count) => wait(throttling, count, 0))).toEqual([0, 0, 0, 0, 0, 0]);
  expect([1, 2, 3, 4, 5, 20].map((count) => wait(throttling, count, 0.5))).toEqual([
    250, 500, 1000, 2000, 2500, 2500,
  ]);
  const unreachable = refusal("IDPCommunicationError");
  expect([1, 3, 5, 6].map((count) => wait(unreachable, count, 0.5))).toEqual([1000, 4000, 5000, -1]);
});

const FAULTS = fc.constantFrom<(target: StsTarget) => StsError>(
  (target) => stsError({ kind: "timeout", phase: "answer" }, "", { target }),
  (target) => stsError({ kind: "network", code: "CERT_HAS_EXPIRED" }, "", { target }),
  (target) => stsError({ kind: "reply", httpStatus: 200 }, "", { target }),
  (target) => stsError({ kind: "reply", httpStatus: 503 }, "", { target, retryAfterMs: 5000 }),
  (target) => refusal("Throttling", "", { target, retryAfterMs: 2000 }),
  (target) => refusal("IDPCommunicationError", "", { target }),
  (target) => refusal("RegionDisabledException", "", { target }),
  (target) => refusal("AccessDenied", ACCESS_DENIED, { target }),
);

/** A run in which nothing ever succeeds: the failures, and when each request was sent and had failed. */
interface Run {
  readonly failures: readonly StsError[];
  readonly sentAtMs: readonly number[];
  readonly endedMs: readonly number[];
  readonly targets: readonly StsTarget[];
  readonly budgetMs: number;
}

const HOPELESS_RUNS = fc
  .record({
    faults: fc.array(FAULTS, { minLength: 1, maxLength: 20 }),
    takesMs: fc.integer({ min: 200, max: 12_000 }),
    regions: fc.integer({ min: 1, max: 3 }),
    seconds: fc.integer({ min: 1, max: 300 }),
    propagationWaitMs: fc.integer({ min: 0, max: 30_000 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  .map((run) => async (): Promise<Run> => {
    const clock = createVirtualClock();
    const sentAtMs: number[] = [];
    const [first = targetIn("eu-west-1"), ...others] = TARGETS.slice(0, run.regions);
    const plan = {
      targets: [first, ...others] as const,
      budget: createBudget(clock, run.seconds * 1000),
      propagationWaitMs: run.propagationWaitMs,
      maxAttempts: undefined,
      clock,
      random: () => run.random,
      onRetry: () => {},
    };
    const endedMs: number[] = [];
    const send = async (target: StsTarget): Promise<never> => {
      const fault = run.faults[Math.min(sentAtMs.length, run.faults.length - 1)];
      sentAtMs.push(clock.elapsedMs());
      clock.pass(run.takesMs);
      endedMs.push(clock.elapsedMs());
      throw fault?.(target);
    };
    const error: unknown = await ask(plan, { action: "GetCallerIdentity", send }).catch((thrown) => thrown);
    if (!(error instanceof StsAttemptsError)) throw error;
    return {
      failures: error.failures,
      sentAtMs,
      endedMs,
      targets: plan.targets,
      budgetMs: run.seconds * 1000,
    };
  });

/** The highest ceiling of a wait, and what must be left for a request. */
const LONGEST_WAIT_MS = 8000;
const MARGIN_MS = 500;

it("asks nobody after a final failure, and a Region that is disabled never again", async () => {
  await fc.assert(
    fc.asyncProperty(HOPELESS_RUNS, async (run) => {
      const { failures } = await run();
      expect(failures.slice(0, -1).map(classify)).not.toContain("final");
      const disabled = failures.filter((failure) => classify(failure) === "region-disabled");
      expect(new Set(disabled.map(({ target }) => target)).size).toBe(disabled.length);
    }),
  );
});

it("changes the Region after faults of network and server only, where STS is not enabled or wants to be left alone", async () => {
  await fc.assert(
    fc.asyncProperty(HOPELESS_RUNS, async (run) => {
      const { failures } = await run();
      for (const [index, failure] of failures.entries()) {
        const next = failures[index + 1];
        if (next === undefined || next.target === failure.target) continue;
        const busy = failure.retryAfterMs === undefined ? [] : ["throttled"];
        expect(["transient", "region-disabled", ...busy]).toContain(classify(failure));
      }
    }),
  );
});

it("asks no Region before the time that it named", async () => {
  await fc.assert(
    fc.asyncProperty(HOPELESS_RUNS, async (run) => {
      const { failures, sentAtMs } = await run();
      for (const [index, { target, retryAfterMs = 0 }] of failures.entries()) {
        const later = failures.findIndex((failure, at) => at > index && failure.target === target);
        if (later < 0) continue;
        const waitedMs = (sentAtMs[later] ?? 0) - (sentAtMs[index] ?? 0);
        expect(waitedMs).toBeGreaterThanOrEqual(retryAfterMs);
      }
    }),
  );
});

/** The Regions that may be asked once the request of this index has failed. */
function freeRegions({ failures, endedMs, targets }: Run, index: number): readonly StsTarget[] {
  const nowMs = endedMs[index] ?? 0;
  const isHeldBack = (failure: StsError, at: number): boolean =>
    classify(failure) === "region-disabled" || (endedMs[at] ?? 0) + (failure.retryAfterMs ?? 0) > nowMs;
  const earlier = failures.slice(0, index + 1);
  return targets.filter(
    (target) => !earlier.some((failure, at) => failure.target === target && isHeldBack(failure, at)),
  );
}

it("asks a Region that is free before it waits for one that asked for time", async () => {
  await fc.assert(
    fc.asyncProperty(HOPELESS_RUNS, async (hope) => {
      const run = await hope();
      for (const [index, failure] of run.failures.slice(0, 50).entries()) {
        const free = freeRegions(run, index);
        if (classify(failure) !== "transient" || free.length === 0) continue;
        const failedAtMs = run.endedMs[index] ?? 0;
        const next = run.failures[index + 1];
        if (next === undefined) expect(run.budgetMs - failedAtMs).toBeLessThan(LONGEST_WAIT_MS + MARGIN_MS);
        else expect(free).toContain(next.target);
        expect((run.sentAtMs[index + 1] ?? 0) - failedAtMs).toBeLessThanOrEqual(LONGEST_WAIT_MS);
      }
    }),
  );
});

it.each([5, 10, 60])(
  "leaves every Region a share of %s seconds, however long the others hang",
  async (seconds) => {
    const clock = createVirtualClock();
    const regions = Array.from({ length: 8 }, (_, index) => targetIn(`region-${index + 1}`));
    const [first = targetIn("none"), ...others] = regions;
    const asked: StsTarget[] = [];
    const plan = {
      targets: [first, ...others] as const,
      budget: createBudget(clock, seconds * 1000),
      propagationWaitMs: 0,
      maxAttempts: regions.length,
      clock,
      random: () => 0,
      onRetry: () => {},
    };
    const send = async (target: StsTarget): Promise<void> => {
      asked.push(target);
      clock.pass(Number.POSITIVE_INFINITY);
    };
    await expect(ask(plan, { action: "GetCallerIdentity", send })).rejects.toThrow(StsAttemptsError);
    expect(asked).toEqual(regions);
  },
);
