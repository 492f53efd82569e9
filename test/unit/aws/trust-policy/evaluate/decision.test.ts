import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allOf, anyOf, negate, type Verdict } from "../../../../../src/aws/trust-policy/evaluate/decision.ts";

describe("three-valued logic", () => {
  const verdict = fc.constantFrom<Verdict>("yes", "no", "unknown");

  it("obeys De Morgan's law", () => {
    fc.assert(
      fc.property(fc.array(verdict), (verdicts) => {
        expect(negate(allOf(verdicts))).toBe(anyOf(verdicts.map(negate)));
      }),
    );
  });

  it("lets a no settle AND and a yes settle OR, whatever is unknown", () => {
    expect(allOf(["unknown", "no"])).toBe("no");
    expect(anyOf(["unknown", "yes"])).toBe("yes");
    expect(allOf(["unknown", "yes"])).toBe("unknown");
    expect(anyOf(["unknown", "no"])).toBe("unknown");
  });
});
