import fc from "fast-check";
import { anyText } from "../harness/any-text.ts";

/** What a terminal, GitLab's log, a parser or a report may take for more than text. */
const LOADED_TEXTS: readonly string[] = [
  "\u001b[31;1mred\u001b[0m",
  "\u009b2J",
  "a\rb",
  "a\nb",
  "✔ arn:aws:sts::123456789012:assumed-role/deploy/x\n",
  "section_start:1700000000:x[collapsed=true]\r\u001b[0K",
  "\u202egnp.exe\u2066",
  "\ud800",
  "x\udfffy",
  "$CI_JOB_TOKEN",
  "$" + "{aws:username}",
  "%NAME%",
  "%ff%fe",
  "__proto__",
  "constructor",
  "<!DOCTYPE a>",
  "&amp;&lt;&#0;",
  "]]>",
  '"\\',
  "[MASKED]",
  "{role}{$message}{0}",
  "$&$1$`",
  ":".repeat(30_000),
  "a:".repeat(5000),
  "*".repeat(2000),
  "x".repeat(20_000),
  "",
  " ",
  "arn:aws:iam::123456789012:role/deploy",
  "arn:aws:iam::999999999999:role/other",
  "https://gitlab.example.com",
  "https://[::1",
  "eu-central-1",
  "3600",
  "-1",
  "1e400",
  "true",
  "identity",
];

/** Text that means harm, or that nobody has thought of. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...LOADED_TEXTS),
  anyText,
  fc
    .array(fc.constantFrom(...LOADED_TEXTS.filter(({ length }) => length < 100)), { maxLength: 4 })
    .map((texts) => texts.join("")),
);

/** What cannot be made a text in the usual way. */
const UNPRINTABLE: unknown = { toString: "x", valueOf: "y", toJSON: "z" };

const DEEP: unknown = JSON.parse(`${"[".repeat(3000)}${"]".repeat(3000)}`);

/** Any value of JSON, with such text in it. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.jsonValue() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      null,
      true,
      0,
      -1,
      1e300,
      Number.MAX_SAFE_INTEGER,
      [],
      {},
      [[]],
      UNPRINTABLE,
      DEEP,
    ),
  },
  { weight: 1, arbitrary: fc.array(hostileText, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.dictionary(hostileText, hostileText, { maxKeys: 3 }) },
);

/** Ways in which a server, or a user, may repeat a secret. */
export const SPELLINGS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  encodeURIComponent,
  (secret) => encodeURIComponent(secret).replaceAll(/%../g, (byte) => byte.toLowerCase()),
  (secret) => Array.from(Buffer.from(secret), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  (secret) => Buffer.from(secret).toString("base64"),
  (secret) => Buffer.from(secret).toString("base64url"),
  (secret) => Buffer.from(`Authorization: ${secret}!`).toString("base64"),
  (secret) => Buffer.from(secret).toString("hex"),
  (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
  (secret) => Buffer.from(secret).toString("hex").replaceAll(/../g, "$& "),
  (secret) => JSON.stringify({ secret }),
  (secret) => JSON.stringify(JSON.stringify({ secret })),
  (secret) => Array.from(secret, (character) => `\\u00${character.charCodeAt(0).toString(16)}`).join(""),
  (secret) => Array.from(secret, (character) => `&#${character.charCodeAt(0)};`).join(""),
  (secret) => secret.replaceAll(/.{9}/g, "$&\n   "),
  (secret) => secret.replaceAll(/.{20}/g, '$&" "'),
  (secret) => secret.slice(5, 40),
  (secret) => secret.slice(-25),
  (secret) => secret.replace(/.$/, "!"),
];
