import { describe, expect, it } from "vitest";
import { StsAttemptsError } from "../../../src/aws/sts/attempts.ts";
import { StsError, type StsFault } from "../../../src/aws/sts/sts.ts";
import { reviewTrustPolicy, type TrustReview } from "../../../src/aws/trust-policy/review.ts";
import { buildWebIdentityRequest } from "../../../src/commands/proposal.ts";
import { describeStsFailure } from "../../../src/commands/sts-failure.ts";
import type { Environment } from "../../../src/foundation/ports.ts";
import { buildIdTokenClaims } from "../../../stand-ins/gitlab-job.ts";
import { configOf } from "../../harness/assume-role-config.ts";
import { createMemoryHost, START } from "../../harness/memory-host.ts";
import { ACCESS_DENIED, refusal, stsError, targetIn } from "../../harness/sts-errors.ts";
import { encodeJwt } from "../../harness/unsigned-jwt.ts";

type Failures = readonly [StsError, ...StsError[]];

interface Around {
  readonly why?: StsAttemptsError["why"];
  readonly env?: Environment;
  readonly trust?: TrustReview;
}

function explain(failures: Failures, { why = "refused", env = {}, trust }: Around = {}) {
  const host = createMemoryHost({ env });
  const error = new StsAttemptsError(failures, { why, elapsedMs: 58_700 });
  const findWay = () => ({ kind: "direct" }) as const;
  return describeStsFailure(error, configOf(env), {
    host,
    findWay,
    ...(trust === undefined ? {} : { trust }),
  });
}

function factsOf(failures: Failures, around?: Around): Readonly<Record<string, string>> {
  return Object.fromEntries(explain(failures, around).facts);
}

const denied = () => refusal("AccessDenied", ACCESS_DENIED, { httpStatus: 403 });

describe("the code", () => {
  const faults: readonly (readonly [string, StsFault, StsAttemptsError["why"]])[] = [
    [
      "STS_REFUSED",
      { kind: "service", code: "ValidationError", httpStatus: 400, requestId: undefined },
      "refused",
    ],
    [
      "STS_UNAVAILABLE",
      { kind: "service", code: "Throttling", httpStatus: 400, requestId: undefined },
      "time",
    ],
    ["STS_REPLY_UNREADABLE", { kind: "reply", httpStatus: 200 }, "attempts"],
    ["STS_UNREACHABLE", { kind: "network", code: "ECONNREFUSED" }, "attempts"],
    ["STS_TIMED_OUT", { kind: "timeout", phase: "answer" }, "time"],
  ];
  it.each(faults)("%s stands for %j", (code, fault, why) => {
    const explained = explain([stsError(fault)], { why });
    expect(explained.code).toBe(code);
    expect(explained.facts.at(-1)).toEqual(["error", `${code}, ${explained.id}`]);
  });
});

it.each(["refused", "attempts", "time"] as const)(
  "a denial is a refusal, whatever ended the asking: %s",
  (why) => {
    const reset = stsError({ kind: "network", code: "ECONNRESET" }, "read ECONNRESET");
    const failures: Failures = why === "refused" ? [reset, denied()] : [reset, denied(), reset];
    expect(explain(failures, { why })).toMatchObject({ code: "STS_REFUSED", id: "trust-denied" });
  },
);

describe("how far the exchange came", () => {
  const ofAction = (action: string, fault: StsFault) =>
    explain([new StsError("", { action, target: targetIn("eu-central-1"), fault })]).reached;

  it("is told where AWS has verified the token", () => {
    expect(explain([denied()]).reached).toBe("trust-policy");
    expect(explain([refusal("AccessDenied", "Not authorized to perform sts:TagSession")]).reached).toBe(
      "trust-policy",
    );
    for (const action of ["AssumeRole", "GetCallerIdentity"])
      expect(ofAction(action, { kind: "timeout", phase: "answer" })).toBe("first-role");
  });

  it("is not known otherwise", () => {
    expect(explain([refusal("InvalidIdentityToken", "Token signature invalid")]).reached).toBeUndefined();
    expect(ofAction("AssumeRoleWithWebIdentity", { kind: "timeout", phase: "answer" })).toBeUndefined();
  });
});

describe("the facts", () => {
  it("name the role, the token and what STS said, with its request id", () => {
    expect(factsOf([denied()])).toMatchObject({
      role: "arn:aws:iam::123456789012:role/deploy",
      "STS said": `AccessDenied: ${ACCESS_DENIED} (STS eu-central-1, HTTP 403, request c6104cbe)`,
      "token iss, aud": "https://gitlab.example.com",
      "token sub": "project_path:acme/shop:ref_type:branch:ref:main",
    });
  });

  it("leave out what does not decide: the token where AWS has not read it, its times where they are right", () => {
    const reset = stsError({ kind: "network", code: "ECONNRESET" }, "read ECONNRESET");
    expect(Object.keys(factsOf([reset]))).toEqual(["role", "STS said", "error"]);
    expect(factsOf([denied()])).not.toHaveProperty("token until");
  });

  it("do without a request id where the answer had none", () => {
    const fault = { kind: "service", code: "Throttling", httpStatus: 400, requestId: undefined } as const;
    expect(factsOf([stsError(fault, "Rate exceeded")])["STS said"]).toBe(
      "Throttling: Rate exceeded (STS eu-central-1, HTTP 400)",
    );
  });

  it("quote the platform where STS said nothing", () => {
    const reset = stsError({ kind: "network", code: "ECONNRESET" }, "read ECONNRESET");
    expect(factsOf([reset])["STS said"]).toBe("nothing: read ECONNRESET");
  });

  it("count the requests to each Region", () => {
    const central = stsError({ kind: "network", code: "ECONNRESET" });
    const west = stsError({ kind: "network", code: "ECONNRESET" }, "", { target: targetIn("eu-west-1") });
    expect(factsOf([central, west, central], { why: "time" }).asked).toBe(
      "STS eu-central-1 (2 times), STS eu-west-1",
    );
  });

  it("name the second role of a chain, and what was asked with the credentials of the first", () => {
    const error = new StsError("denied", {
      action: "AssumeRole",
      target: targetIn("eu-central-1"),
      fault: { kind: "service", code: "AccessDenied", httpStatus: 403, requestId: undefined },
    });
    const env = { AWS_OIDC_CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/production" };
    expect(factsOf([error], { env })).toMatchObject({
      "second role": "arn:aws:iam::210987654321:role/production",
      asked: "STS eu-central-1, for AssumeRole",
    });
  });
});

describe("the verdict", () => {
  it("counts the requests, and says when time ended them", () => {
    const reset = stsError({ kind: "network", code: "ECONNRESET" });
    expect(explain([reset], { why: "attempts" }).verdict).not.toContain("requests");
    expect(explain([reset, reset], { why: "attempts" }).verdict).toMatch(/ \(2 requests in 59 s\)$/);
    expect(explain([reset, reset], { why: "time" }).verdict).toMatch(
      / \(2 requests in 59 s, then time ran out\)$/,
    );
  });

  it("is that of the policy where one is at hand that does not admit the job", () => {
    const causes = [{ id: "other-ref", reason: "It admits another branch.", fix: "Admit this one." }];
    const nothing = { trust: undefined, offered: undefined, findings: [], unjudged: [], problems: [] };
    const trust: TrustReview = { ...nothing, decision: "deny", causes };
    const explained = explain([denied()], { trust });
    expect(explained).toMatchObject({
      verdict: "AWS refused: the trust policy of deploy does not admit this job",
      causes,
      causesAre: "all",
    });
  });
});

describe("for a refusal by the trust policy", () => {
  it("a statement that would admit the job ends the report", () => {
    expect(explain([denied()]).closing).toContain("project_path:acme/shop:ref_type:branch:ref:main");
  });

  it("a fork is the one cause, and is not offered a statement", () => {
    const fork = {
      project: "mallory/shop",
      projectId: "9",
      jobProject: { path: "acme/shop", id: "4711", namespaceId: "42" },
    };
    const env = {
      GITLAB_OIDC_TOKEN: encodeJwt(buildIdTokenClaims("https://gitlab.example.com", fork, START)),
    };
    const explained = explain([denied()], { env });
    expect(explained.causes.map(({ id }) => id)).toEqual(["fork"]);
    expect(explained.closing).toBeUndefined();
  });

  it("a policy that admits the job is not the role's, and what it settles is no cause any more", () => {
    const { idToken, role } = configOf();
    const policy = {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { "gitlab.example.com:sub": idToken.claims.sub } },
      },
    };
    const request = { ...buildWebIdentityRequest(idToken.claims, role), otherClaims: "absent" } as const;
    const trust = reviewTrustPolicy(JSON.stringify(policy), request);
    const before = explain([denied()]).causes.map(({ id }) => id);
    const [first, ...others] = explain([denied()], { trust }).causes.map(({ id }) => id);
    expect(trust.decision).toBe("allow");
    expect(first).toBe("other-policy");
    expect(others.length).toBeLessThan(before.length);
  });

  it("nothing is proposed for any other refusal", () => {
    expect(explain([refusal("ValidationError", "1 validation error detected")]).closing).toBeUndefined();
  });
});
