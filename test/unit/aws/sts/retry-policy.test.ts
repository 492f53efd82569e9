import { describe, expect, it } from "vitest";
import { classify, isRefusal, nextStep, type RetrySituation } from "../../../../src/aws/sts/retry-policy.ts";
import type { StsError } from "../../../../src/aws/sts/sts.ts";
import { ACCESS_DENIED, CHAIN_DENIED, refusal, stsError, targetIn } from "../../../harness/sts-errors.ts";

const KEYS_UNAVAILABLE =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";

describe("never asks again after", () => {
  it.each([
    ["a token that is not valid", refusal("InvalidIdentityToken", "Incorrect token audience")],
    ["a token that expired", refusal("ExpiredTokenException", "Token expired")],
    ["a claim that was rejected", refusal("IDPRejectedClaim", "rejected", { httpStatus: 403 })],
    ["a parameter out of bounds", refusal("ValidationError", "1 validation error detected")],
    [
      "a denial of something else than the role",
      refusal("AccessDenied", "Not authorized to perform sts:TagSession"),
    ],
    ["a policy that is too large", refusal("PackedPolicyTooLarge", "138%")],
    [
      "a certificate that nobody vouches for",
      stsError({ kind: "network", code: "SELF_SIGNED_CERT_IN_CHAIN" }),
    ],
    [
      "an explicit deny of the second role",
      refusal("AccessDenied", `${CHAIN_DENIED} with an explicit deny in a service control policy`),
    ],
    ["a certificate that expired", stsError({ kind: "network", code: "CERT_HAS_EXPIRED" })],
    ["a web page that forbids the request", stsError({ kind: "reply", httpStatus: 403 })],
    ["an error of the program itself", stsError({ kind: "network", code: "TypeError" })],
  ])("%s", (_, error) => {
    expect(classify(error)).toBe("final");
  });
});

describe("asks again after", () => {
  it.each([
    ["a time-out while connecting", stsError({ kind: "timeout", phase: "connect" }), "transient"],
    ["an answer that did not come", stsError({ kind: "timeout", phase: "answer" }), "transient"],
    ["a connection that was refused", stsError({ kind: "network", code: "ECONNREFUSED" }), "transient"],
    ["a connection that was reset", stsError({ kind: "network", code: "ECONNRESET" }), "transient"],
    ["a network that dropped the connection", stsError({ kind: "network", code: "ENETRESET" }), "transient"],
    ["a name that was not found", stsError({ kind: "network", code: "ENOTFOUND" }), "transient"],
    ["an answer that is not HTTP", stsError({ kind: "reply", httpStatus: undefined }), "garbled"],
    ["an answer that is not of STS", stsError({ kind: "reply", httpStatus: 200 }), "garbled"],
    [
      "an answer that broke off before its status",
      stsError({ kind: "reply", httpStatus: undefined }),
      "garbled",
    ],
    ["a gateway that was not answered in time", stsError({ kind: "reply", httpStatus: 408 }), "transient"],
    ["a gateway that throttles", stsError({ kind: "reply", httpStatus: 429 }), "throttled"],
    ["a request that took too long", refusal("RequestTimeout"), "transient"],
    ["a failing load balancer", stsError({ kind: "reply", httpStatus: 502 }), "transient"],
    ["a failing service", refusal("InternalFailure", "", { httpStatus: 500 }), "transient"],
    ["too many requests", refusal("Throttling", "Rate exceeded"), "throttled"],
    ["too many requests, under another name", refusal("RequestLimitExceeded"), "throttled"],
    ["an identity provider out of reach", refusal("IDPCommunicationError"), "identity-provider"],
    ["keys out of reach", refusal("InvalidIdentityToken", KEYS_UNAVAILABLE), "identity-provider"],
    [
      "a Region that is not enabled",
      refusal("RegionDisabledException", "", { httpStatus: 403 }),
      "region-disabled",
    ],
    [
      "a role that may be new",
      refusal("AccessDenied", ACCESS_DENIED, { httpStatus: 403 }),
      "maybe-propagating",
    ],
    ["a second role that may be new", refusal("AccessDenied", CHAIN_DENIED), "maybe-propagating"],
    [
      "permissions that may be new",
      refusal(
        "AccessDenied",
        `${CHAIN_DENIED} because no identity-based policy allows the sts:AssumeRole action`,
      ),
      "maybe-propagating",
    ],
    [
      "a wrong clock that the SDK corrected",
      refusal("SignatureDoesNotMatch", "Signature expired", { clockCorrected: true }),
      "clock-corrected",
    ],
  ] as const)("%s", (_, error, kind) => {
    expect(classify(error)).toBe(kind);
  });
});

describe("a connection that was refused, at an endpoint given by URL", () => {
  const target = { ...targetIn("eu-central-1"), endpoint: "https://sts.example.com" };
  const refused = (message: string) =>
    stsError({ kind: "network", code: "ECONNREFUSED" }, message, { target });

  it("is that of an endpoint where nothing listens", () => {
    expect(classify(refused("connect ECONNREFUSED 10.0.0.1:443"))).toBe("endpoint-closed");
  });

  it("is not, where the proxy refused it", () => {
    expect(classify(refused("the proxy http://10.0.0.1:3128: connect ECONNREFUSED"))).toBe("transient");
  });
});

it.each([
  ["a denial", refusal("AccessDenied", ACCESS_DENIED), true],
  ["a Region that is not enabled", refusal("RegionDisabledException"), true],
  ["a clock that stays wrong", refusal("SignatureDoesNotMatch", "", { clockCorrected: true }), true],
  ["an invalid token", refusal("InvalidIdentityToken", "Incorrect token audience"), true],
  ["too many requests", refusal("Throttling"), false],
  ["keys out of reach", refusal("InvalidIdentityToken", KEYS_UNAVAILABLE), false],
  ["a failing service", refusal("InternalFailure", "", { httpStatus: 500 }), false],
  ["a page that forbids the request", stsError({ kind: "reply", httpStatus: 403 }), false],
  ["a wrong certificate", stsError({ kind: "network", code: "CERT_HAS_EXPIRED" }), false],
] as const)("knows whether STS refused: %s", (_, error, refused) => {
  expect(isRefusal(error)).toBe(refused);
});

describe("the next step", () => {
  const [first, second, third] = ["eu-central-1", "eu-west-1", "eu-north-1"].map(targetIn);
  if (first === undefined || second === undefined || third === undefined) throw new Error("no targets");

  const calm: Omit<RetrySituation, "failures"> = {
    targets: [first],
    remainingMs: 60_000,
    propagationMs: 0,
    askedToWaitMs: () => 0,
    maxAttempts: undefined,
    random: () => 0.5,
  };
  const reset = (target = first, facts = {}): StsError =>
    stsError({ kind: "network", code: "ECONNRESET" }, "", { target, ...facts });

  it("goes to an untried Region at once", () => {
    const step = nextStep({ ...calm, targets: [first, second], failures: [reset()] });
    expect(step).toEqual({ step: "again", delayMs: 0, target: second });
  });

  it("goes round when all Regions were tried, waiting longer each time", () => {
    const once = nextStep({ ...calm, targets: [first, second], failures: [reset(), reset(second)] });
    const twice = nextStep({
      ...calm,
      targets: [first, second],
      failures: [reset(), reset(second), reset(), reset(second)],
    });
    if (once.step !== "again" || twice.step !== "again") throw new Error("gave up");
    expect([once.target, twice.target]).toEqual([first, first]);
    expect(once.delayMs).toBeGreaterThan(0);
    expect(twice.delayMs).toBeGreaterThan(once.delayMs);
  });

  it("does not leave a Region that throttles, since the others have no more room for one job", () => {
    const step = nextStep({ ...calm, targets: [first, second], failures: [refusal("Throttling")] });
    expect(step).toMatchObject({ step: "again", target: first });
  });

  it("passes over Regions that are disabled, and ends when all are", () => {
    const disabled = (target: typeof first) => refusal("RegionDisabledException", "", { target });
    const targets = [first, second, third] as const;
    expect(nextStep({ ...calm, targets, failures: [disabled(first)] })).toMatchObject({ target: second });
    expect(nextStep({ ...calm, targets, failures: [disabled(first), disabled(second)] })).toMatchObject({
      target: third,
    });
    expect(
      nextStep({ ...calm, targets, failures: [disabled(first), disabled(second), disabled(third)] }),
    ).toEqual({ step: "give-up", why: "refused" });
  });

  it("waits at least as long as the server asked for", () => {
    const step = nextStep({ ...calm, random: () => 0, askedToWaitMs: () => 7000, failures: [reset()] });
    expect(step).toEqual({ step: "again", delayMs: 7000, target: first });
  });

  it("asks once more at the end where the server asked for nearly all the time that is left", () => {
    const often = [reset(), reset(), reset(), reset(), reset(), reset()] as const;
    const late = { ...calm, remainingMs: 5000, random: () => 1, askedToWaitMs: () => 4000 };
    expect(nextStep({ ...late, failures: often })).toEqual({ step: "again", delayMs: 4500, target: first });
  });

  it.each([
    [500, "again"],
    [499, "give-up"],
  ] as const)("needs half a second for a request: with %s ms left, %s", (remainingMs, step) => {
    expect(nextStep({ ...calm, remainingMs, failures: [reset()] }).step).toBe(step);
  });

  it("ends when the server asks for more time than is left", () => {
    const late = { ...calm, remainingMs: 7000, askedToWaitMs: () => 7000 };
    expect(nextStep({ ...late, failures: [reset()] })).toEqual({ step: "give-up", why: "time" });
  });

  describe("when a Region asked to be left alone", () => {
    const waiting = {
      ...calm,
      targets: [first, second] as const,
      random: () => 0,
      askedToWaitMs: (target: typeof first) => (target === first ? 30_000 : -2000),
    };
    const both = [reset(), reset(second)] as const;

    it("asks the other one meanwhile, as often as that fails", () => {
      for (const failures of [both, [...both, reset(second)] as const]) {
        expect(nextStep({ ...waiting, failures })).toEqual({ step: "again", delayMs: 0, target: second });
      }
    });

    it("does not end since there is no time to wait for it, but asks the other one", () => {
      expect(nextStep({ ...waiting, remainingMs: 20_000, failures: both })).toMatchObject({ target: second });
    });

    it("asks the other one too where it throttled", () => {
      const failures = [refusal("Throttling", "", { target: first })] as const;
      expect(nextStep({ ...waiting, failures })).toEqual({ step: "again", delayMs: 0, target: second });
    });

    it("waits for the one that asked for less time, where all did", () => {
      const askedToWaitMs = (target: typeof first) => (target === first ? 9000 : 4000);
      expect(nextStep({ ...waiting, askedToWaitMs, failures: both })).toEqual({
        step: "again",
        delayMs: 4000,
        target: second,
      });
    });
  });

  it("ends when the attempts are used up", () => {
    expect(nextStep({ ...calm, maxAttempts: 2, failures: [reset(), reset()] })).toEqual({
      step: "give-up",
      why: "attempts",
    });
  });

  it("asks once more with a corrected clock, and not forever", () => {
    const skewed = refusal("SignatureDoesNotMatch", "", { clockCorrected: true });
    expect(nextStep({ ...calm, failures: [skewed] })).toEqual({ step: "again", delayMs: 0, target: first });
    expect(nextStep({ ...calm, failures: [skewed, skewed] })).toMatchObject({ step: "give-up" });
  });

  it("asks an unreachable identity provider several times, and not forever", () => {
    const failures = Array.from({ length: 20 }, () => refusal("IDPCommunicationError"));
    const [one, ...others] = failures;
    if (one === undefined) throw new Error("no failure");
    expect(nextStep({ ...calm, failures: [one] })).toMatchObject({ step: "again" });
    expect(nextStep({ ...calm, failures: [one, ...others] })).toEqual({ step: "give-up", why: "attempts" });
  });

  it("counts the failures of one kind, whatever else failed before", () => {
    const page = stsError({ kind: "reply", httpStatus: 200 });
    const others = [reset(), reset(), reset(), reset()] as const;
    expect(nextStep({ ...calm, failures: [...others, page, page] })).toMatchObject({ step: "again" });
    expect(nextStep({ ...calm, failures: [page, page, page] })).toEqual({ step: "give-up", why: "attempts" });
  });

  it("takes a denial for final unless there is time to wait for a new role", () => {
    const failures = [refusal("AccessDenied", ACCESS_DENIED)] as const;
    expect(nextStep({ ...calm, failures })).toEqual({ step: "give-up", why: "refused" });
    expect(nextStep({ ...calm, failures, propagationMs: 5000 })).toMatchObject({ step: "again" });
  });

  it.each([
    ["time", { remainingMs: 400 }],
    ["attempts", { maxAttempts: 1 }],
  ])("takes a denial for what it is when the %s for retrying ran out", (_, limit) => {
    const failures = [refusal("AccessDenied", ACCESS_DENIED)] as const;
    expect(nextStep({ ...calm, failures, propagationMs: 60_000, ...limit })).toEqual({
      step: "give-up",
      why: "refused",
    });
  });
});
