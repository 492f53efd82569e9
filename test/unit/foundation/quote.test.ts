import { describe, expect, it } from "vitest";
import { quoteForShell, quotePath, showValue } from "../../../src/foundation/quote.ts";

describe("a path", () => {
  it("is quoted", () => {
    expect(quotePath("policies/read only.json")).toBe('"policies/read only.json"');
  });

  it.each(['{"Version":"2012-10-17"}', "-----BEGIN CERTIFICATE-----\nMIIB", "x".repeat(201)])(
    "is not %j, which may be the content of the file",
    (text) => {
      expect(quotePath(text)).toBe(`a text of ${text.length} characters`);
    },
  );
});

describe("showValue", () => {
  it.each([
    ["text", "main", "main"],
    ["text of several lines", "main\n✔ done\t", "main\\u000a✔ done\\u0009"],
    ["text that is far too long", "x".repeat(3000), `${"x".repeat(1997)}...`],
    ["a number", 7, "7"],
    ["nothing", undefined, "nothing"],
    ["null", null, "null"],
    ["an object that makes no text of itself", { toString: "x", toJSON: 1 }, '{"toString":"x","toJSON":1}'],
  ])("shows %s on one line", (_, value, shown) => {
    expect(showValue(value)).toBe(shown);
  });
});

describe("quoteForShell", () => {
  it.each([
    ["https://gitlab.example.com", "https://gitlab.example.com"],
    ["a b", "'a b'"],
    ["$(rm -rf .)", "'$(rm -rf .)'"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
  ])("makes %j one word: %s", (text, expected) => {
    expect(quoteForShell(text)).toBe(expected);
  });
});
