import { inspect } from "node:util";
import { expect, it } from "vitest";
import { Secret } from "../../../src/foundation/secret.ts";

const secret = new Secret("correct horse battery staple", "passphrase");

it.each([
  ["String()", String(secret)],
  ["a template", `${secret}`],
  ["JSON", JSON.stringify({ secret })],
  ["Node's inspection", inspect({ secret }, { depth: 9, showHidden: true })],
  ["an error message", new Error(`with ${secret}`).message],
  ["its own properties", JSON.stringify(Object.entries(secret))],
])("does not show itself through %s", (_, text) => {
  expect(text).not.toContain("horse");
});

it("is masked where it would be printed", () => {
  expect(`${secret} ${JSON.stringify(secret)} ${inspect(secret)}`).toBe('[MASKED] "[MASKED]" [MASKED]');
});

it("gives its value to those who ask for it, and its label to everybody", () => {
  expect(secret.reveal()).toBe("correct horse battery staple");
  expect(secret.label).toBe("passphrase");
});
