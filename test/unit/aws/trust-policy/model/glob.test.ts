import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  hasWildcard,
  literalGlob,
  matchesGlob,
  parseGlob,
} from "../../../../../src/aws/trust-policy/model/glob.ts";
import { propertyRuns } from "../../../../harness/property-runs.ts";

/** Follows the definition word by word, at exponential cost. */
function matchesByDefinition(pattern: string, text: string): boolean {
  const [first, ...rest] = Array.from(pattern);
  const remaining = rest.join("");
  const [, ...following] = Array.from(text);
  if (first === undefined) return text === "";
  if (first === "*") {
    return (
      matchesByDefinition(remaining, text) ||
      (text !== "" && matchesByDefinition(pattern, following.join("")))
    );
  }
  const takesOne = text !== "" && (first === "?" || first === Array.from(text)[0]);
  return takesOne && matchesByDefinition(remaining, following.join(""));
}

describe("matchesGlob", () => {
  it("equals the definition of * and ?", () => {
    const characters = fc.constantFrom("a", "b", "*", "?", ":");
    const pattern = fc.string({ unit: characters, maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", ":"), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (glob, subject) => {
        expect(matchesGlob(parseGlob(glob), subject)).toBe(matchesByDefinition(glob, subject));
      }),
      propertyRuns(1000),
    );
  });

  it("takes every character of a literal glob for itself", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, text) => {
        expect(matchesGlob(literalGlob(pattern), text)).toBe(pattern === text);
      }),
    );
  });

  it("counts a character outside the basic plane once", () => {
    expect(matchesGlob(parseGlob("ref:?"), "ref:🚀")).toBe(true);
  });

  it("stays bounded where backtracking would explode", () => {
    expect(matchesGlob(parseGlob(`${"*a".repeat(500)}b`), "a".repeat(4000))).toBe(false);
  });
});

describe("hasWildcard", () => {
  it.each([
    ["a*", true],
    ["a?", true],
    ["a", false],
  ])("of %s is %s", (text, expected) => {
    expect(hasWildcard(text)).toBe(expected);
  });
});
