import fc from "fast-check";
import { expect, it } from "vitest";
import { cleanSessionName, isSessionName } from "../../../../src/aws/sts/session-name.ts";
import { anyText } from "../../../harness/any-text.ts";

it("cleans any text into a name that STS takes", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(isSessionName(cleanSessionName(text))).toBe(true);
    }),
  );
});

it("leaves a name that STS takes as it is", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w+=,.@-]{2,64}$/), (name) => {
      expect(isSessionName(name)).toBe(true);
      expect(cleanSessionName(name)).toBe(name);
    }),
  );
});

it.each([
  ["acme/shop main", "acme-shop-main"],
  ["größe", "gr--e"],
  ["", "--"],
  ["x", "x-"],
  ["n".repeat(65), "n".repeat(64)],
])("cleans %j into %j", (text, name) => {
  expect(cleanSessionName(text)).toBe(name);
});

it.each(["", "x", "a b", "a/b", "a:b", "name\n", "n".repeat(65)])("does not take %j", (name) => {
  expect(isSessionName(name)).toBe(false);
});
