import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import { parseTrustPolicy } from "../../../../../src/aws/trust-policy/model/parse.ts";
import type { TrustPolicy } from "../../../../../src/aws/trust-policy/model/policy.ts";
import {
  buildRequestContext,
  type WebIdentityRequestContext,
} from "../../../../../src/aws/trust-policy/model/request.ts";
import { propertyRuns } from "../../../../harness/property-runs.ts";
import * as arbitrary from "../arbitraries.ts";
import { askStandIn } from "../stand-in.ts";
import { contextOf, policyTextOf, THEMES } from "../vectors.ts";

/** A request of which everything is known, so that little stays undetermined. */
const request = arbitrary.context.map((context) =>
  buildRequestContext({
    ...context,
    sessionName: "GitLabRunner-1-2",
    sourceIp: context.sourceIp ?? "203.0.113.7",
    region: context.region ?? "eu-west-1",
    now: new Date("2026-11-20T10:00:00Z"),
  }),
);

const near = request.chain((context) =>
  fc.tuple(arbitrary.policyNear(context).filter(isComparable), fc.constant(context)),
);

/**
 * Two corners are left to the vectors. The stand-in compares text where `BinaryEquals` compares bytes, and takes for a
 * date whatever the JavaScript engine does, such as "release-1".
 */
const isComparable = ({ statements }: TrustPolicy): boolean =>
  statements
    .flatMap(({ conditions }) => conditions)
    .every(
      ({ operator, key }) =>
        !operator.includes("Binary") && (!operator.includes("Date") || /^aws:(Current|Epoch)Time$/.test(key)),
    );

async function compare(policy: TrustPolicy, context: WebIdentityRequestContext): Promise<string> {
  const decision = evaluateTrustPolicy(policy, context);
  if (decision.outcome === "undetermined") return "undetermined";
  const answer = await askStandIn(policy, context);
  expect(answer === "allowed").toBe(decision.outcome === "allowed");
  return decision.outcome;
}

/** Vectors with a sure answer, for a token and a session name that get as far as the trust policy. */
const SURE_VECTORS = THEMES.flatMap(({ vectors }) => vectors).flatMap((vector) => {
  const { claims = {}, sessionName = "" } = vector.context;
  const isOneAudience = !Array.isArray(claims.aud) || claims.aud.length === 1;
  const isTaken = isOneAudience && /^[\w+=,.@-]*$/.test(sessionName);
  const parsed = parseTrustPolicy(policyTextOf(vector));
  if (!isTaken || parsed.kind !== "policy" || !isComparable(parsed.policy)) return [];
  return vector.expected.outcome === "undetermined"
    ? []
    : [{ name: vector.name, policy: parsed.policy, context: contextOf(vector.context) }];
});

describe("the evaluator and the stand-in STS", () => {
  it.each(SURE_VECTORS)("agree on: $name", async ({ policy, context }) => {
    await compare(policy, context);
  });

  it("agree on policies that have nothing to do with the request", async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.policy.filter(isComparable), request, async (policy, context) => {
        await compare(policy, context);
      }),
      propertyRuns(700),
    );
  });

  it("agree on policies that were written for the request, and decide most of them", async () => {
    const outcomes: string[] = [];
    await fc.assert(
      fc.asyncProperty(near, async ([policy, context]) => {
        outcomes.push(await compare(policy, context));
      }),
      propertyRuns(700),
    );
    const share = (outcome: string) => outcomes.filter((found) => found === outcome).length / outcomes.length;
    expect(share("allowed")).toBeGreaterThan(0.1);
    expect(share("implicitly-denied")).toBeGreaterThan(0.1);
    expect(share("explicitly-denied")).toBeGreaterThan(0.05);
    expect(share("undetermined")).toBeLessThan(0.3);
  });
});
