import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { locateJson } from "../../../../playground/policy-text/json-places.ts";

function rangesOf(text: string): Readonly<Record<string, string>> {
  const { ranges } = locateJson(text);
  return Object.fromEntries([...ranges].map(([place, { from, to }]) => [place, text.slice(from, to)]));
}

it("finds every value by its place", () => {
  expect(rangesOf('{ "a": [1, {"b:c": "x"}], "d" : null }\n')).toEqual({
    "": '{ "a": [1, {"b:c": "x"}], "d" : null }',
    a: '[1, {"b:c": "x"}]',
    "a[0]": "1",
    "a[1]": '{"b:c": "x"}',
    'a[1]["b:c"]': '"x"',
    d: "null",
  });
});

it("reads whatever JSON.stringify writes, each value at its place", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2), (json, space) => {
      const value: unknown = JSON.parse(json);
      const text = JSON.stringify(value, null, space);
      const { ranges, brokenAt } = locateJson(text);
      expect(brokenAt).toBeUndefined();
      for (const { from, to } of ranges.values()) JSON.parse(text.slice(from, to));
      const whole = ranges.get("");
      expect(whole && JSON.parse(text.slice(whole.from, whole.to))).toEqual(value);
    }),
  );
});

it("says that a text is JSON just when JSON.parse does", () => {
  const part = fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', "1", "true", "nul", " ", "\\", "\n");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const isJson = ((): boolean => {
        try {
          JSON.parse(text);
          return true;
        } catch {
          return false;
        }
      })();
      expect(locateJson(text).brokenAt === undefined).toBe(isJson);
    }),
    { numRuns: 2000 },
  );
});

describe("a text that breaks off", () => {
  it.each([
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{"a": "x}', 6],
    ["[1 2]", 3],
    ['{"a": 1} x', 9],
    ["", 0],
    ["{'a': 1}", 1],
  ])("%j breaks at %d", (text, at) => {
    expect(locateJson(text).brokenAt).toBe(at);
  });
});
