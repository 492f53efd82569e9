import { describe, expect, it } from "vitest";
import { quoteForShell } from "../../../src/aws/shell-word.ts";

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
