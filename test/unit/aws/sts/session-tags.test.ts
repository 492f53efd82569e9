import fc from "fast-check";
import { expect, it } from "vitest";
import { cleanTagValue, isTagKey, isTagValue } from "../../../../src/aws/sts/session-tags.ts";
import { anyText } from "../../../harness/any-text.ts";

it("cleans any text into a value that AWS takes", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(isTagValue(cleanTagValue(text))).toBe(true);
    }),
  );
});

it("cuts no letter in half that takes two code units", () => {
  const value = cleanTagValue(`${"x".repeat(255)}𠀀𠀀`);
  expect(value).toBe(`${"x".repeat(255)}𠀀`);
  expect(isTagValue(value)).toBe(true);
});

it("leaves a value that AWS takes as it is", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,40}$/u), (value) => {
      expect(isTagValue(value)).toBe(true);
      expect(cleanTagValue(value)).toBe(value);
    }),
  );
});

it.each(["", "a&b", "x".repeat(129), "aws:team", "AWS:team", "tab\t"])("does not take the key %j", (key) => {
  expect(isTagKey(key)).toBe(false);
});

it.each(["team", "cost center", "größe", "x".repeat(128)])("takes the key %j", (key) => {
  expect(isTagKey(key)).toBe(true);
});
