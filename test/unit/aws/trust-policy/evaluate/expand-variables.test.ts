import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandPolicyVariables } from "../../../../../src/aws/trust-policy/evaluate/expand-variables.ts";
import { escapePolicyVariables } from "../../../../../src/aws/trust-policy/model/variables.ts";

describe("policy variables", () => {
  it("are not read in escaped text", () => {
    const lookUp = () => ({ kind: "present", values: ["SUBSTITUTED"] }) as const;
    const tricky = fc.string({ unit: fc.constantFrom("$", "{", "}", "*", "a", ",", "'") });
    fc.assert(
      fc.property(tricky, (text) => {
        const expanded = expandPolicyVariables(escapePolicyVariables(text), lookUp);
        expect(expanded.kind === "resolved" && expanded.value.map((part) => part.text).join("")).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it("without a name cannot be resolved", () => {
    const lookUp = () => ({ kind: "absent", reason: "key-absent" }) as const;
    expect(expandPolicyVariables("$" + "{}", lookUp)).toEqual({ kind: "unresolvable", variable: "" });
  });
});
