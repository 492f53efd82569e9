import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../../src/output/redactor.ts";
import { Secret } from "../../../src/secret.ts";

function redactorOf(...secrets: readonly string[]) {
  const redactor = createRedactor();
  redactor.add(...secrets.map((secret) => new Secret(secret, "secret")));
  return redactor;
}

/** Keys and tokens, but also what a careless program may put into them. */
const secrets = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9+/=_-]{8,200}$/),
  fc.string({ minLength: 8, maxLength: 60, unit: "grapheme" }),
);

/** Text of another alphabet than the secrets in it, so that none of them is there by chance. */
const surroundings = fc.string({ unit: fc.constantFrom("\u2800", "\u2801", "\n"), maxLength: 20 });

describe("hides a secret inside any text", () => {
  const forms: Readonly<Record<string, (secret: string) => string>> = {
    "as it is": (secret) => secret,
    "URL-encoded": encodeURIComponent,
    "in base64": (secret) => Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  };
  it.each(Object.entries(forms))("%s", (_, encode) => {
    fc.assert(
      fc.property(secrets, surroundings, surroundings, (secret, before, after) => {
        const redacted = redactorOf(secret).redact(before + encode(secret) + after);
        expect(redacted).not.toContain(encode(secret));
        expect(redacted.startsWith(before)).toBe(true);
        expect(redacted.endsWith(after)).toBe(true);
      }),
    );
  });

  it("in the base64 of something longer, but for the characters it shares with it", () => {
    const context = fc.uint8Array({ maxLength: 8 });
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/=]{12,80}$/), context, context, (secret, before, after) => {
        const bytes = Buffer.concat([before, Buffer.from(secret), after]);
        const redacted = redactorOf(secret).redact(bytes.toString("base64"));
        const rest = redacted.replace("[MASKED]", "");
        expect(redacted).toContain("[MASKED]");
        expect(rest.length).toBeLessThanOrEqual(Math.ceil((before.length + after.length + 2) / 3) * 4 + 8);
      }),
    );
  });
});

describe("with an ID token", () => {
  const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwcm9qZWN0In0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";

  it("hides every part of it alone", () => {
    for (const part of token.split(".")) expect(redactorOf(token).redact(`<${part}>`)).toBe("<[MASKED]>");
  });

  it("hides it without the line break that was added to it", () => {
    const redacted = redactorOf(`${token}\n`).redact(JSON.stringify(`${token}\n`));
    for (const part of token.split(".")) expect(redacted).not.toContain(part);
  });
});

it("leaves words alone that an e-mail address is made of", () => {
  const redactor = redactorOf("production.deployment@example.com");
  expect(redactor.redact("deployment to production")).toBe("deployment to production");
  expect(redactor.redact("by production.deployment@example.com")).toBe("by [MASKED]");
});

it("leaves no rest of a secret that begins with another one", () => {
  const redactor = redactorOf("password", "password-and-more");
  expect(redactor.redact("it is password-and-more.")).toBe("it is [MASKED].");
});

it("leaves text alone that holds no secret, and pieces too short to be told from words", () => {
  fc.assert(
    fc.property(surroundings, (text) => {
      expect(redactorOf("short", "", "a-real-secret").redact(text)).toBe(text);
    }),
  );
  expect(redactorOf("short").redact("in short")).toBe("in short");
});

it("learns secrets as it goes", () => {
  const redactor = createRedactor();
  expect(redactor.redact("new-secret")).toBe("new-secret");
  redactor.add(new Secret("new-secret", "secret"));
  redactor.add(new Secret("newer-secret", "secret"));
  expect(redactor.redact("new-secret, newer-secret")).toBe("[MASKED], [MASKED]");
});
