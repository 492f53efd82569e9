import { expect, it } from "vitest";
import { isJsonObject, parseJsonObject } from "../../../src/foundation/json.ts";

it.each(["{}", '{"a":[1]}'])("%s is a JSON object", (text) => {
  expect(parseJsonObject(text)).toEqual(JSON.parse(text));
});

it.each(["", "<html>", "null", "[]", '"text"', "7"])("%j is none", (text) => {
  expect(parseJsonObject(text)).toBeUndefined();
});

it("absence is none", () => {
  expect(isJsonObject(undefined)).toBe(false);
});

it("what is nested so deep that it cannot be written again is none", () => {
  const nested = (levels: number): string => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  expect(parseJsonObject(nested(40))).toBeDefined();
  expect(parseJsonObject(nested(60))).toBeUndefined();
  expect(parseJsonObject(nested(30_000))).toBeUndefined();
});
