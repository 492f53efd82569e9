import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMeant } from "../../../../src/config/inputs/did-you-mean.ts";

const WORDS = [
  "role-arn",
  "region",
  "chained-role-arn",
  "trust-policy-file",
  "trust-policy",
  "tag",
  "format",
];

describe("the word that was meant", () => {
  it.each([
    ["role-arm", "role-arn"],
    ["roel-arn", "role-arn"],
    ["roleArn", "role-arn"],
    ["ROLE_ARN", "role-arn"],
    ["trust-polcy", "trust-policy"],
    ["regoin", "region"],
    ["role", "role-arn"],
    ["chained", "chained-role-arn"],
    ["tags", "tag"],
  ])("%s → %s", (written, meant) => {
    expect(findMeant(written, WORDS)).toBe(meant);
  });

  it.each(["", "colour", "x", "arn", "trust"])("%j is near to none, or to several", (written) => {
    expect(findMeant(written, WORDS)).toBeUndefined();
  });

  it("is found from any word with one letter too many", () => {
    const letter = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz");
    fc.assert(
      fc.property(fc.constantFrom(...WORDS), fc.nat(20), letter, (word, at, extra) => {
        const written = word.slice(0, at) + extra + word.slice(at);
        expect([word, undefined]).toContain(findMeant(written, WORDS));
      }),
    );
  });
});
