import fc from "fast-check";
import { expect, it } from "vitest";
import { formatInstant, formatIsoSeconds, formatSpan } from "../../../src/foundation/times.ts";

it("writes an instant in UTC, without fractions of a second", () => {
  expect(formatInstant(new Date("2026-11-23T04:12:09.987Z"))).toBe("2026-11-23 04:12:09 UTC");
});

it.each([
  [0, "0 min"],
  [29_999, "0 min"],
  [30_000, "1 min"],
  [59 * 60_000, "59 min"],
  [3_599_999, "1 h"],
  [3_600_000, "1 h"],
  [41_400_000, "11 h 30 min"],
  [43_200_000, "12 h"],
  [-7_200_000, "0 min"],
])("writes %i ms as %j", (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});

it("never writes an empty span", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), (ms) => {
      expect(formatSpan(ms)).toMatch(/^(\d+ h( \d+ min)?|\d+ min)$/);
    }),
  );
});

it("leaves the fraction of a second out", () => {
  expect(formatIsoSeconds(new Date("2026-11-23T04:12:09.999Z"))).toBe("2026-11-23T04:12:09Z");
});
