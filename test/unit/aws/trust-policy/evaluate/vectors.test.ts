import { describe, expect, it } from "vitest";
import { listMisses, type TrustDecision } from "../../../../../src/aws/trust-policy/evaluate/decision.ts";
import { evaluateTrustPolicy } from "../../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import { COMPARISON_OPERATOR_NAMES } from "../../../../../src/aws/trust-policy/model/operators.ts";
import { parseTrustPolicy } from "../../../../../src/aws/trust-policy/model/parse.ts";
import { contextOf, policyTextOf, THEMES, type Vector } from "../vectors.ts";

function reasonsOf(decision: TrustDecision): readonly string[] {
  const statements =
    decision.outcome === "undetermined"
      ? decision.open
      : decision.statements.filter(({ effect }) => effect === "Allow");
  return statements.flatMap(listMisses).map(({ reason }) => reason);
}

function answer(vector: Vector): Vector["expected"] {
  const parsed = parseTrustPolicy(policyTextOf(vector));
  if (parsed.kind === "problems") {
    return { outcome: "not-a-policy", reasons: parsed.problems.map(({ code }) => code) };
  }
  const decision = evaluateTrustPolicy(parsed.policy, contextOf(vector.context));
  const isExplained = decision.outcome === "implicitly-denied" || decision.outcome === "undetermined";
  return { outcome: decision.outcome, ...(isExplained ? { reasons: reasonsOf(decision) } : {}) };
}

describe.each(THEMES)("$theme", ({ vectors }) => {
  it.each(vectors)("$name", (vector) => {
    expect(answer(vector)).toEqual(vector.expected);
  });
});

describe("the vectors", () => {
  const all = THEMES.flatMap(({ vectors }) => vectors);
  const text = JSON.stringify(all);

  it("are many, each with a source, none named twice", () => {
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(all.filter(({ source }) => source === "")).toEqual([]);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each([...COMPARISON_OPERATOR_NAMES, "Null"])("use %s", (operator) => {
    expect(text).toContain(`"${operator}":`);
  });

  it.each(["IfExists", "ForAllValues", "ForAnyValue"])("use %s", (modifier) => {
    expect(text).toContain(modifier);
  });
});
