import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttemptPlan, ask, createBudget, StsAttemptsError } from "../../../../src/aws/sts/attempts.ts";
import type { StsError, StsTarget } from "../../../../src/aws/sts/sts.ts";
import { createVirtualClock, type VirtualClock } from "../../../harness/memory-host.ts";
import { ACCESS_DENIED, refusal, stsError, targetIn } from "../../../harness/sts-errors.ts";

/** What one request comes to: how long it takes, 50 ms unless given, and how it fails; an answer without a failure. */
interface Turn {
  readonly takesMs?: number;
  readonly fails?: (target: StsTarget) => StsError;
}

const ANSWER: Turn = {};
const reset: Turn = {
  fails: (target) => stsError({ kind: "network", code: "ECONNRESET" }, "reset", { target }),
};
const hang: Turn = { takesMs: Number.POSITIVE_INFINITY };
const denied: Turn = { fails: (target) => refusal("AccessDenied", ACCESS_DENIED, { target }) };

interface Asked {
  readonly answer: string | undefined;
  readonly error: StsAttemptsError | undefined;
  /** Regions in the order in which they were asked, and when. */
  readonly asked: readonly { readonly region: string; readonly atMs: number }[];
  readonly retries: readonly { readonly delayMs: number }[];
  readonly clock: VirtualClock;
}

/** Asks a server that does what the turns say, and what the last one says from then on. */
async function askThrough(
  turns: readonly Turn[],
  plan: Partial<AttemptPlan> & { readonly seconds?: number } = {},
) {
  const clock = createVirtualClock();
  const asked: { region: string; atMs: number }[] = [];
  const retries: { delayMs: number }[] = [];
  const send = async (target: StsTarget): Promise<string> => {
    const turn = turns[Math.min(asked.length, turns.length - 1)] ?? ANSWER;
    asked.push({ region: target.region, atMs: clock.elapsedMs() });
    clock.pass(turn.takesMs ?? 50);
    if (turn.fails !== undefined) throw turn.fails(target);
    return "credentials";
  };
  const outcome = await ask(
    {
      targets: [targetIn("eu-central-1")],
      budget: createBudget(clock, (plan.seconds ?? 60) * 1000),
      propagationWaitMs: 0,
      maxAttempts: undefined,
      clock,
      random: () => 0.5,
      onRetry: (retry) => retries.push(retry),
      ...plan,
    },
    { action: "AssumeRoleWithWebIdentity", send },
  ).catch((error: unknown) => {
    if (error instanceof StsAttemptsError) return error;
    throw error;
  });
  const error = outcome instanceof StsAttemptsError ? outcome : undefined;
  const answer = outcome instanceof StsAttemptsError ? undefined : outcome.answer;
  return { answer, error, asked, retries, clock } satisfies Asked;
}

it("gives the answer and who gave it, without waiting", async () => {
  const run = await askThrough([ANSWER]);
  expect(run).toMatchObject({ answer: "credentials", asked: [{ region: "eu-central-1" }], retries: [] });
  expect(run.clock.sleeps).toEqual([]);
});

it("asks again after failures that pass, and tells of each repetition before it", async () => {
  const run = await askThrough([reset, hang, reset, ANSWER]);
  expect(run.answer).toBe("credentials");
  expect(run.asked).toHaveLength(4);
  expect(run.retries.map(({ delayMs }) => delayMs)).toEqual(run.clock.sleeps);
});

it("stops at a refusal, and shows that and not what came before", async () => {
  const run = await askThrough([reset, denied, ANSWER]);
  expect(run.asked).toHaveLength(2);
  expect(run.error).toMatchObject({ why: "refused", decisive: { message: ACCESS_DENIED } });
});

it("shows the first failure when time or attempts run out", async () => {
  const throttled: Turn = { fails: () => refusal("Throttling", "Rate exceeded") };
  const run = await askThrough([throttled, reset], { maxAttempts: 3 });
  expect(run.asked).toHaveLength(3);
  expect(run.error).toMatchObject({ why: "attempts", decisive: { message: "Rate exceeded" } });
});

it("makes no more requests than AWS_MAX_ATTEMPTS allows", async () => {
  for (const maxAttempts of [1, 2, 5]) {
    expect((await askThrough([reset], { maxAttempts })).asked).toHaveLength(maxAttempts);
  }
});

it("passes on whatever is no failure of STS", async () => {
  const bug = new RangeError("a bug");
  const turn: Turn = {
    fails: () => {
      throw bug;
    },
  };
  await expect(askThrough([turn])).rejects.toBe(bug);
});

describe("time", () => {
  it("ends a request that hangs, long before the run ends", async () => {
    const run = await askThrough([hang, ANSWER]);
    expect(run.answer).toBe("credentials");
    expect(run.clock.elapsedMs()).toBeLessThanOrEqual(30_000);
  });

  it("of a request is a second at least, however short the run", async () => {
    const { asked } = await askThrough([hang, ANSWER], { seconds: 2, random: () => 0 });
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 1000]);
  });

  it("is shared by the Regions that are untried, so that each is asked", async () => {
    const regions = ["eu-central-1", "eu-west-1", "eu-north-1"];
    const [first, ...others] = regions.map(targetIn);
    if (first === undefined) throw new Error("no target");
    const run = await askThrough([hang], { targets: [first, ...others], seconds: 9 });
    expect(run.asked.slice(0, 3).map(({ region }) => region)).toEqual(regions);
    expect(run.error).toMatchObject({ why: "time", decisive: { fault: { kind: "timeout" } } });
  });

  it("is not slept away after the last failure", async () => {
    for (const turns of [[reset], [hang], [denied], [reset, denied]]) {
      const run = await askThrough(turns, { seconds: 10 });
      expect(run.clock.sleeps).toHaveLength(run.asked.length - 1);
    }
  });

  it("that a server asks for is given to it", async () => {
    const busy: Turn = {
      fails: (target) => stsError({ kind: "reply", httpStatus: 503 }, "", { target, retryAfterMs: 4000 }),
    };
    const { asked } = await askThrough([busy, ANSWER], { random: () => 0 });
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 4050]);
  });
});

describe("a role made seconds ago", () => {
  it("is asked for again for as long as wanted", async () => {
    const run = await askThrough([denied, denied, ANSWER], { propagationWaitMs: 30_000 });
    expect(run.answer).toBe("credentials");
  });

  it("is refused in the end", async () => {
    const run = await askThrough([denied], { propagationWaitMs: 20_000 });
    expect(run.error).toMatchObject({ why: "refused" });
    expect(run.asked.length).toBeGreaterThan(2);
    expect(run.clock.elapsedMs()).toBeGreaterThanOrEqual(16_000);
    expect(run.clock.elapsedMs()).toBeLessThanOrEqual(24_000);
  });
});

describe("a denial", () => {
  it.each<[string, Partial<AttemptPlan> & { readonly seconds?: number }]>([
    ["the wait is the whole budget", { propagationWaitMs: 10_000, seconds: 10 }],
    ["AWS_MAX_ATTEMPTS ends it", { propagationWaitMs: 10_000, maxAttempts: 3 }],
    ["AWS_MAX_ATTEMPTS is 1", { propagationWaitMs: 10_000, maxAttempts: 1 }],
  ])("is a refusal also when %s", async (_, limits) => {
    const { error } = await askThrough([denied], limits);
    expect(error).toMatchObject({ why: "refused", decisive: { message: ACCESS_DENIED } });
  });

  it("is shown even if other failures came before and after it", async () => {
    const { error } = await askThrough([reset, denied, reset], { propagationWaitMs: 10_000, seconds: 10 });
    expect(error).toMatchObject({ why: "time", decisive: { message: ACCESS_DENIED } });
  });
});

it("asks one Region while another one asked to be left alone", async () => {
  const [first = targetIn("none"), second = targetIn("none")] = ["eu-central-1", "eu-west-1"].map(targetIn);
  const busy: Turn = {
    fails: (target) => stsError({ kind: "reply", httpStatus: 503 }, "", { target, retryAfterMs: 30_000 }),
  };
  const run = await askThrough([busy, reset, reset, ANSWER], { targets: [first, second], seconds: 20 });
  expect(run.asked.map(({ region }) => region)).toEqual([
    "eu-central-1",
    "eu-west-1",
    "eu-west-1",
    "eu-west-1",
  ]);
  expect(run.answer).toBe("credentials");
});

describe("whatever happens", () => {
  const faults = fc.constantFrom<(target: StsTarget) => StsError>(
    (target) => stsError({ kind: "network", code: "ECONNRESET" }, "", { target }),
    (target) => stsError({ kind: "timeout", phase: "connect" }, "", { target }),
    (target) => stsError({ kind: "reply", httpStatus: 200 }, "", { target }),
    (target) => stsError({ kind: "reply", httpStatus: 503 }, "", { target, retryAfterMs: 3000 }),
    (target) => refusal("Throttling", "", { target }),
    (target) => refusal("IDPCommunicationError", "", { target }),
    (target) => refusal("RegionDisabledException", "", { target }),
    (target) => refusal("AccessDenied", ACCESS_DENIED, { target }),
    (target) => refusal("ValidationError", "", { target }),
    (target) => refusal("SignatureDoesNotMatch", "", { target, clockCorrected: true }),
  );
  const takesMs = fc.oneof(fc.integer({ min: 20, max: 20_000 }), fc.constant(Number.POSITIVE_INFINITY));
  const situations = fc.record({
    turns: fc.array(fc.record({ takesMs, fails: faults }), { minLength: 1, maxLength: 12 }),
    regions: fc.subarray(["eu-central-1", "eu-west-1", "eu-north-1"], { minLength: 1 }),
    seconds: fc.integer({ min: 1, max: 300 }),
    propagationWaitMs: fc.integer({ min: 0, max: 300_000 }),
    maxAttempts: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });

  it("a run keeps its time and its attempts, and every wait is followed by a request", async () => {
    await fc.assert(
      fc.asyncProperty(situations, async ({ turns, regions, random, ...limits }) => {
        const [first = targetIn("eu-central-1"), ...others] = regions.map(targetIn);
        const run = await askThrough(turns, { ...limits, targets: [first, ...others], random: () => random });
        expect(run.clock.elapsedMs()).toBeLessThanOrEqual(limits.seconds * 1000);
        expect(run.asked.length).toBeLessThanOrEqual(limits.maxAttempts ?? Number.POSITIVE_INFINITY);
        expect(run.clock.sleeps).toHaveLength(run.asked.length - 1);
        expect(run.error?.failures).toHaveLength(run.asked.length);
        expect(run.clock.sleeps.every((ms) => ms >= 0)).toBe(true);
      }),
    );
  });
});

it("counts from a later start where there is one", () => {
  const clock = createVirtualClock();
  clock.pass(4000);
  const budget = createBudget(clock, 5000, clock.elapsedMs());
  clock.pass(1000);
  expect(budget.remainingMs()).toBe(4000);
});

it("counts down to nothing, and not below", () => {
  const clock = createVirtualClock();
  const budget = createBudget(clock, 5000);
  clock.pass(2000);
  expect(budget.remainingMs()).toBe(3000);
  clock.pass(4000);
  expect(budget).toMatchObject({ totalMs: 5000 });
  expect(budget.remainingMs()).toBe(0);
});
