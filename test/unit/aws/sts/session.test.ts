import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cleanSessionName,
  cleanTagValue,
  isSessionName,
  isTagKey,
  isTagValue,
} from "../../../../src/aws/sts/session.ts";
import { anyText } from "../../../harness/any-text.ts";

describe("a role session name", () => {
  it("cleans any text into a name that STS takes", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(isSessionName(cleanSessionName(text))).toBe(true);
      }),
    );
  });

  it("leaves a name that STS takes as it is", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w+=,.@-]{2,64}$/), (name) => {
        expect(isSessionName(name)).toBe(true);
        expect(cleanSessionName(name)).toBe(name);
      }),
    );
  });

  it.each([
    ["acme/shop main", "acme-shop-main"],
    ["größe", "gr--e"],
    ["", "--"],
    ["x", "x-"],
    ["n".repeat(65), "n".repeat(64)],
  ])("cleans %j into %j", (text, name) => {
    expect(cleanSessionName(text)).toBe(name);
  });

  it.each(["", "x", "a b", "a/b", "a:b", "name\n", "n".repeat(65)])("does not take %j", (name) => {
    expect(isSessionName(name)).toBe(false);
  });
});

describe("a session tag", () => {
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

  it.each(["", "a&b", "x".repeat(129), "aws:team", "AWS:team", "tab\t"])(
    "does not take the key %j",
    (key) => {
      expect(isTagKey(key)).toBe(false);
    },
  );

  it.each(["team", "cost center", "größe", "x".repeat(128)])("takes the key %j", (key) => {
    expect(isTagKey(key)).toBe(true);
  });
});
