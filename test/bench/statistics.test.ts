import { describe, expect, it } from "vitest";
import { mean, median, pairedRatio, percentile } from "../../bench/statistics.ts";

describe("statistics of runs", () => {
  it.each([
    { values: [3], middle: 3 },
    { values: [5, 1, 3], middle: 3 },
    { values: [10, 9, 1, 2], middle: 5.5 },
  ])("the median of $values is $middle", ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });

  it.each([
    { values: [3], perCent: 95, value: 3 },
    { values: [4, 3, 2, 1], perCent: 50, value: 2 },
    { values: Array.from({ length: 100 }, (_, index) => index + 1), perCent: 95, value: 95 },
  ])("$perCent % of $values are at most $value", ({ values, perCent, value }) => {
    expect(percentile(values, perCent)).toBe(value);
  });

  it("the mean counts every run", () => {
    expect(mean([0, 10, 0, 10])).toBe(5);
  });

  it("a ratio is taken within each round, so that a slow round counts as little as a fast one", () => {
    expect(pairedRatio([2, 200, 6], [1, 100, 2])).toBe(2);
  });
});
