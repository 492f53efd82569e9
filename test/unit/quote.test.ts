import { describe, expect, it } from "vitest";
import { quotePath } from "../../src/quote.ts";

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
