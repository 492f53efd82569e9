import { expect, it } from "vitest";
import { formatIsoSeconds } from "../../src/iso-seconds.ts";

it("leaves the fraction of a second out", () => {
  expect(formatIsoSeconds(new Date("2026-11-23T04:12:09.999Z"))).toBe("2026-11-23T04:12:09Z");
});
