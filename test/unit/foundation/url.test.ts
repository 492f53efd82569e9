import { expect, it } from "vitest";
import { isUrl } from "../../../src/foundation/url.ts";

it.each(["https://sts.amazonaws.com", "http://[::1]:3128", "mailto:x"])("%s is a URL", (text) => {
  expect(isUrl(text)).toBe(true);
});

it.each(["", "sts.amazonaws.com", "https://", "https://a b", "http://[::1"])("%j is none", (text) => {
  expect(isUrl(text)).toBe(false);
});

it("says of no text that it is one which then cannot be read", () => {
  for (const length of [255, 2000, 30_000, 38_000, 42_000, 56_000, 70_000]) {
    const text = `http://${"aB3".repeat(length / 3)}`;
    if (isUrl(text)) expect(() => new URL(text)).not.toThrow();
  }
});
