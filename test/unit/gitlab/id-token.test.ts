import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/foundation/secret.ts";
import { decodeIdToken, ID_TOKEN_VARIABLE, missingIdToken } from "../../../src/gitlab/id-token.ts";
import { buildIdTokenClaims } from "../../../stand-ins/gitlab-job.ts";
import { anyText } from "../../harness/any-text.ts";
import { encodeJwt } from "../../harness/unsigned-jwt.ts";

const ISS = "https://gitlab.example.com";
const CLAIMS = buildIdTokenClaims(ISS, {}, new Date("2026-11-23T04:00:00Z"));

function decode(text: string) {
  return decodeIdToken(new Secret(text, "ID token"));
}

function problemsOf(text: string) {
  const decoded = decode(text);
  return decoded.ok ? [] : decoded.problems;
}

function subjectsOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf(encodeJwt({ ...CLAIMS, ...claims })).map(({ subject }) => subject);
}

it("gives the claims with their times as dates, and all others as they are", () => {
  const decoded = decode(encodeJwt(CLAIMS));
  expect(decoded).toMatchObject({
    ok: true,
    value: {
      claims: {
        iss: ISS,
        aud: ISS,
        sub: "project_path:acme/shop:ref_type:branch:ref:main",
        issuedAt: new Date("2026-11-23T04:00:00Z"),
        expiresAt: new Date("2026-11-23T05:00:00Z"),
        all: { project_id: "4711", ref: "main" },
      },
    },
  });
});

it("tells the key that a token names, if it names one", () => {
  expect(decode(encodeJwt(CLAIMS))).toMatchObject({ ok: true, value: { keyId: "none" } });
  for (const header of [{ alg: "RS256" }, { alg: "RS256", kid: 7 }]) {
    const [, ...rest] = encodeJwt(CLAIMS).split(".");
    const token = [Buffer.from(JSON.stringify(header)).toString("base64url"), ...rest].join(".");
    expect(decode(token)).toMatchObject({ ok: true, value: { keyId: undefined } });
  }
});

it("reads claims in any alphabet", () => {
  const sub = "project_path:größe/店:ref_type:branch:ref:🚀";
  expect(decode(encodeJwt({ ...CLAIMS, sub }))).toMatchObject({ ok: true, value: { claims: { sub } } });
});

it("takes a list of one audience", () => {
  const decoded = decode(encodeJwt({ ...CLAIMS, aud: ["sts.amazonaws.com"] }));
  expect(decoded).toMatchObject({ ok: true, value: { claims: { aud: "sts.amazonaws.com" } } });
});

describe("refuses", () => {
  const [header = "", payload = "", signature = ""] = encodeJwt(CLAIMS).split(".");
  const segment = (text: string) => Buffer.from(text).toString("base64url");
  it.each([
    ["two parts", `${header}.${payload}`],
    ["four parts", `${header}.${payload}.${signature}.`],
    ["an empty payload", `${header}..${signature}`],
    ["a header that is not base64url", `@@@.${payload}.${signature}`],
    ["a payload of impossible length", `${header}.a.${signature}`],
    ["a payload that is not JSON", `${header}.${segment("iss=gitlab")}.${signature}`],
    ["a payload that is a list", `${header}.${segment("[]")}.${signature}`],
    ["a payload that is null", `${header}.${segment("null")}.${signature}`],
    [
      "a payload that is not UTF-8",
      `${header}.${Buffer.from([0x22, 0xff, 0x22]).toString("base64url")}.${signature}`,
    ],
  ])("%s as no JSON Web Token", (_, text) => {
    expect(problemsOf(text)).toMatchObject([
      { subject: ID_TOKEN_VARIABLE, found: "something that is not a JSON Web Token" },
    ]);
  });

  it.each([
    ["the name of a variable", "$GITLAB_OIDC_TOKEN", "the name of a variable instead of a token"],
    ["white space around it", ` ${encodeJwt(CLAIMS)}`, "a token that contains white space"],
    ["a line break within it", `${header}.\n${payload}.${signature}`, "a token that contains white space"],
  ])("%s", (_, text, found) => {
    expect(problemsOf(text)).toMatchObject([{ subject: ID_TOKEN_VARIABLE, found }]);
  });

  it.each([
    ["iss", undefined],
    ["iss", ""],
    ["sub", 7],
    ["sub", null],
    ["iat", "1764000000"],
    ["iat", 1764000000.5],
    ["exp", undefined],
    ["exp", Number.MAX_SAFE_INTEGER],
    ["exp", -8.64e12 - 1],
    ["aud", undefined],
    ["aud", ""],
    ["aud", []],
    ["aud", [7]],
    ["aud", ["a", "b"]],
    ["aud", ["a", { toString: "not a function" }]],
  ])("the claim %s with the value %j", (claim, value) => {
    expect(subjectsOf({ [claim]: value })).toEqual([`claim "${claim}"`]);
  });

  it("every wrong claim at once", () => {
    const nothing = { iss: undefined, sub: undefined, iat: undefined, exp: undefined, aud: undefined };
    expect(subjectsOf(nothing)).toEqual(
      ["iss", "sub", "iat", "exp", "aud"].map((claim) => `claim "${claim}"`),
    );
  });

  it("several audiences, which it lists", () => {
    expect(problemsOf(encodeJwt({ ...CLAIMS, aud: ["a", "b"] }))).toMatchObject([
      { found: "2 audiences: a, b", expected: "one audience, because AWS refuses tokens with several" },
    ]);
  });
});

it("takes the last second that is a date", () => {
  const decoded = decode(encodeJwt({ ...CLAIMS, exp: 8.64e12 }));
  expect(decoded).toMatchObject({ ok: true, value: { claims: { expiresAt: new Date(8.64e15) } } });
});

it("never throws, and never tells the text, whatever it is given", () => {
  const json = fc.json().map((text) => Buffer.from(text).toString("base64url"));
  const texts = fc.oneof(
    anyText,
    fc.tuple(json, json, json).map((parts) => parts.join(".")),
    fc
      .record({ iss: fc.json(), sub: fc.string(), aud: fc.json(), iat: fc.double(), exp: fc.double() })
      .map(encodeJwt),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const { found, fix, expected } of problemsOf(text)) {
        if (text.length > 60) expect(`${found} ${expected} ${fix}`).not.toContain(text);
      }
    }),
  );
});

it("tells a missing token from an empty one, and where to declare it", () => {
  expect(missingIdToken({ empty: false })).toMatchObject({ found: "the variable is not set" });
  expect(missingIdToken({ empty: true })).toMatchObject({ found: "the variable is empty" });
  expect(missingIdToken({ empty: true }).fix).toContain("  id_tokens:\n    GITLAB_OIDC_TOKEN:\n      aud: ");
});
