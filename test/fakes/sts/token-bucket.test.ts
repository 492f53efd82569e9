import { describe, expect, it } from "vitest";
import { TokenBucket } from "../../../stand-ins/sts/token-bucket.ts";

describe("a token bucket", () => {
  it("admits one second's worth at once, then the rate", () => {
    let nowMs = 0;
    const bucket = new TokenBucket(4, () => nowMs);
    const admittedOf = (count: number) =>
      Array.from({ length: count }, () => bucket.tryTake()).filter(Boolean).length;
    expect(admittedOf(10)).toBe(4);
    nowMs += 249;
    expect(admittedOf(10)).toBe(0);
    nowMs += 1;
    expect(admittedOf(10)).toBe(1);
    nowMs += 60_000;
    expect(admittedOf(10)).toBe(4);
  });

  it("admits a request now and then at a rate below one", () => {
    let nowMs = 0;
    const bucket = new TokenBucket(0.5, () => nowMs);
    expect([bucket.tryTake(), bucket.tryTake()]).toEqual([true, false]);
    nowMs += 2000;
    expect([bucket.tryTake(), bucket.tryTake()]).toEqual([true, false]);
  });
});
