import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/foundation/secret.ts";
import { createRedactor } from "../../../src/output/redactor.ts";
import { anyText } from "../../harness/any-text.ts";
import { startCpuTime } from "../../harness/cpu-time.ts";
import { findSecrets } from "../../harness/secret-search.ts";

function redactorOf(...secrets: readonly string[]) {
  const redactor = createRedactor();
  redactor.add(...secrets.map((secret) => new Secret(secret, "secret")));
  return redactor;
}

/** Keys and tokens, and passwords that somebody has chosen. */
const secrets = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9+/=_-]{8,200}$/),
  fc.stringMatching(/^[!#-&(-[\]-_a-~]{8,60}$/).filter((secret) => !secret.includes("%")),
  fc.string({ minLength: 8, maxLength: 40, unit: fc.constantFrom(..."aäßé漢") }),
);

/** Text in a different alphabet from the secrets in it, so that none of them is there by chance. */
const surroundings = fc.string({ unit: fc.constantFrom("\u2800", "\u2801", "\n"), maxLength: 20 });

/** A secret, and a part of it that is long enough. */
const parts = fc
  .stringMatching(/^[A-Za-z0-9+/=_.-]{24,200}$/)
  .chain((secret) =>
    fc.tuple(
      fc.constant(secret),
      fc.integer({ min: 0, max: secret.length - 16 }),
      fc.integer({ min: 16, max: secret.length }),
    ),
  )
  .map(([secret, from, length]) => ({ secret, part: secret.slice(from, from + length) }));

const percent = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const inUnits = (text: string): string =>
  Array.from(text, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

/** Ways in which a secret, or a part of it, may be written. */
const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "URL-encoded": encodeURIComponent,
  "URL-encoded in small letters": (secret) =>
    encodeURIComponent(secret).replaceAll(/%../g, (byte) => byte.toLowerCase()),
  "URL-encoded twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  "URL-encoded as a whole": percent,
  "in base64": (secret) => Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  "in base64 for URLs": (secret) => Buffer.from(secret).toString("base64url"),
  "in hexadecimal": (secret) => Buffer.from(secret).toString("hex"),
  "in hexadecimal with capitals": (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
  "as Node prints bytes": (secret) =>
    Buffer.from(secret)
      .toString("hex")
      .replaceAll(/..(?=.)/g, "$& "),
  "as JSON": (secret) => JSON.stringify(secret).slice(1, -1),
  "as JSON in JSON": (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
};

/** Ways in which parts of tokens and keys may be written; they are of ASCII characters. */
const PART_FORMS: typeof FORMS = {
  ...FORMS,
  "as JSON with every character escaped": inUnits,
  "as XML with every character escaped": (secret) =>
    Array.from(secret, (character) => `&#${character.charCodeAt(0)};`).join(""),
  "over several lines": (secret) => secret.replaceAll(/.{7}/g, "$&\r\n    "),
  "over several lines of JSON": (secret) => secret.replaceAll(/.{7}/g, "$&\\n"),
  "in quotes, piece by piece": (secret) => secret.replaceAll(/.{5}/g, `$&" '`),
  "in small letters": (secret) => secret.toLowerCase(),
  "with what has no width": (secret) => secret.replaceAll(/.{3}/g, "$&\u200b"),
};

describe("hides a secret inside any text", () => {
  it.each(Object.entries(FORMS))("%s", (_, encode) => {
    fc.assert(
      fc.property(secrets, surroundings, surroundings, (secret, before, after) => {
        const redacted = redactorOf(secret).redact(before + encode(secret) + after);
        expect(redacted).not.toContain(encode(secret));
        expect(redacted.startsWith(before)).toBe(true);
        expect(redacted.endsWith(after)).toBe(true);
      }),
    );
  });
});

describe("hides a part of a secret", () => {
  it.each(Object.entries(PART_FORMS))("%s", (_, encode) => {
    fc.assert(
      fc.property(parts, surroundings, surroundings, ({ secret, part }, before, after) => {
        const printed = before + encode(part) + after;
        const redacted = redactorOf(secret).redact(printed);
        expect(findSecrets(printed, [secret])).toHaveLength(1);
        expect(redacted.length).toBeLessThan(printed.length + "[MASKED]".length);
        expect(redacted).toContain("[MASKED]");
        expect(findSecrets(redacted, [secret])).toEqual([]);
      }),
    );
  });

  it("in the base64 of something longer", () => {
    const context = fc.uint8Array({ maxLength: 8 });
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/=]{24,80}$/), context, context, (secret, before, after) => {
        const bytes = Buffer.concat([before, Buffer.from(secret.slice(4)), after]);
        const redacted = redactorOf(secret).redact(bytes.toString("base64"));
        const rest = redacted.replace("[MASKED]", "");
        expect(redacted).toContain("[MASKED]");
        expect(rest.length).toBeLessThanOrEqual(Math.ceil((before.length + after.length + 2) / 3) * 4 + 8);
      }),
    );
  });

  it("of twelve characters, and none of eleven", () => {
    const key = "9drTJvcXLB89wJalrXUtnFEMIbPxRfiCYz4Kq7Vs";
    for (let at = 0; at + 12 <= key.length; at += 1) {
      expect(redactorOf(key).redact(`<${key.slice(at, at + 12)}>`)).toBe("<[MASKED]>");
      expect(redactorOf(key).redact(`<${key.slice(at, at + 11)}>`)).toBe(`<${key.slice(at, at + 11)}>`);
    }
  });

  it("and what stands around a damaged character", () => {
    const key = "9drTJvcXLB89wJalrXUtnFEMIbPxRfiCYz4Kq7Vs";
    expect(redactorOf(key).redact(`${key.slice(0, 20)}?${key.slice(21)}`)).toBe("[MASKED]?[MASKED]");
  });
});

describe("hides what has the shape of a JSON Web Token, which it was not told of", () => {
  const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwcm9qZWN0In0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";

  it.each([
    ["alone", token],
    ["without a signature", `${token.split(".").slice(0, 2).join(".")}`],
    ["in small letters, as the name of a host", token.toLowerCase()],
    ["cut off", token.slice(0, 30)],
    ["of five parts", `${token}.${"x".repeat(20)}.${"y".repeat(20)}`],
    ["over several lines", token.replace(/.{40}/g, "$&\n  ")],
    ["with lines of JSON", token.replace(/.{40}/g, "$&\\n")],
  ])("%s", (_, sent) => {
    expect(createRedactor().redact(`role-arn: "${sent}" is no ARN. Copy it again.`)).toBe(
      'role-arn: "[MASKED]" is no ARN. Copy it again.',
    );
  });

  it.each([
    "keyJumping1234567890",
    "eyewitness.example.com",
    "eyjafjallajokull-volcano.example.com",
    "eyJ is how a token begins. Next sentence.",
  ])("but nothing else: %s", (text) => {
    expect(createRedactor().redact(text)).toBe(text);
  });
});

it("hides a token without the line break that was added to it", () => {
  const token = "glcbt-64_Zx81yTqLmNwPbRvKsHdJ";
  const redacted = redactorOf(`${token}\n`).redact(`${JSON.stringify(`${token}\n`)} and ${token}`);
  expect(redacted).toBe('"[MASKED]\\n" and [MASKED]');
});

it("hides an e-mail address as a whole only, since it is made of words", () => {
  const redactor = createRedactor();
  redactor.add(new Secret("production.deployment@gitlab.example.com", "user_email", "whole"));
  const text = "deployment to production of https://gitlab.example.com/production.deployment";
  expect(redactor.redact(text)).toBe(text);
  expect(redactor.redact("by production.deployment@gitlab.example.com")).toBe("by [MASKED]");
  expect(redactor.redact("by production.deployment%40gitlab.example.com")).toBe("by [MASKED]");
});

it("leaves no rest of a secret that begins with another one", () => {
  const redactor = redactorOf("password", "password-and-more");
  expect(redactor.redact("it is password-and-more.")).toBe("it is [MASKED].");
});

describe("leaves text alone", () => {
  const random = fc.stringMatching(/^[A-Za-z0-9+/=_-]{40,400}$/);

  it("that holds no secret, whatever it is", () => {
    fc.assert(
      fc.property(anyText, random, (text, secret) => {
        expect(redactorOf(secret).redact(text)).toBe(text);
      }),
    );
  });

  it("that is what the program says", () => {
    const text =
      "✖ AWS refused: the trust policy of deploy does not admit this job\n  role  arn:aws:iam::123456789012:role/deploy\n" +
      "  sub   project_path:acme/shop:ref_type:branch:ref:main\n  sha   da39a3ee5e6b4b0d3255bfef95601890afd80709\n" +
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity"}]}\n';
    fc.assert(
      fc.property(random, random, (one, other) => {
        expect(redactorOf(one, other).redact(text)).toBe(text);
      }),
    );
  });

  it("whose pieces are too short to be told from words", () => {
    expect(redactorOf("short", "", "a-real-secret").redact("in short, a real\u2800secret")).toBe(
      "in short, a real\u2800secret",
    );
  });
});

it("masks in the given parts of a text alone, and all of a secret that is in them", () => {
  const redactor = createRedactor();
  redactor.add(new Secret("p7Kq2VwzXc9LmTfRbYhJdNsGuEaHo4i", "secret"));
  const json = '["p7Kq2VwzXc9LmTfR", "bYhJdNsGuEaHo4i", "main"]';
  const texts = [...json.matchAll(/"([^"]*)"/g)].map(
    ({ 1: text = "", index }) => [index + 1, index + 1 + text.length] as const,
  );
  expect(redactor.redact(json, texts)).toBe('["[MASKED]", "[MASKED]", "main"]');
});

it("learns secrets as it goes", () => {
  const redactor = createRedactor();
  expect(redactor.redact("new-secret")).toBe("new-secret");
  redactor.add(new Secret("new-secret", "secret"));
  redactor.add(new Secret("newer-secret", "secret"));
  expect(redactor.redact("new-secret, newer-secret")).toBe("[MASKED], [MASKED]");
});

it.each([
  ["a secret that repeats itself", "a".repeat(100_000), "a".repeat(20_000)],
  ["escapes and nothing else", "x".repeat(1000), "%25".repeat(20_000) + "\\".repeat(50_000)],
  [
    "what begins like tokens",
    "x".repeat(1000),
    "eyJ".repeat(20_000) + "\\n".repeat(20_000) + ". ".repeat(20_000),
  ],
  ["bytes in hexadecimal", "x".repeat(1000), "ab ".repeat(30_000)],
])("takes its time for nobody: %s", (_, secret, text) => {
  const redactor = redactorOf(secret);
  const spentMs = startCpuTime();
  redactor.redact(text);
  expect(spentMs()).toBeLessThan(1500);
});
