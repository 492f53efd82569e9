import { describe, expect, it } from "vitest";
import {
  decodeClaims,
  encodeClaims,
  holdsToken,
  maskTokens,
  readPastedClaims,
} from "../../../../playground/answers/pasted-claims.ts";

const CLAIMS = {
  iss: "https://gitlab.com",
  sub: "project_path:acme/shop:ref_type:branch:ref:main",
  aud: "https://gitlab.com",
  iat: 1795406400,
  exp: 1795410000,
  project_id: "4711",
  user_email: "ada@example.com",
  user_login: "ada",
};

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const TOKEN = `${segment({ alg: "RS256", kid: "k" })}.${segment(CLAIMS)}.${"c2lnbmF0dXJl".repeat(8)}`;

describe("an ID token", () => {
  it.each([TOKEN, `GITLAB_OIDC_TOKEN=${TOKEN}\n`, `"${TOKEN}"`, `Bearer ${TOKEN}`])(
    "is found, decoded and dropped, with whatever stands around it",
    (text) => {
      expect(holdsToken(text)).toBe(true);
      const read = readPastedClaims(text);
      expect(read).toEqual({
        ok: true,
        value: {
          claims: CLAIMS,
          otherClaims: "absent",
          token: { issuedAt: new Date(1795406400_000), expiresAt: new Date(1795410000_000) },
        },
      });
      expect(JSON.stringify(read)).not.toContain("c2lnbmF0dXJl");
    },
  );

  it("is not shown either when only a part of it was pasted", () => {
    const part = TOKEN.slice(0, 60);
    expect(holdsToken(part)).toBe(true);
    const read = readPastedClaims(part);
    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).not.toContain(part.slice(0, 20));
  });

  it("is masked where it does not belong", () => {
    expect(maskTokens(`a ${TOKEN} b ${TOKEN}`)).toBe("a [MASKED] b [MASKED]");
    expect(maskTokens("review/login")).toBe("review/login");
  });

  it("is not seen in what people type", () => {
    for (const text of ["", "eye", "acme/eyJ", JSON.stringify(CLAIMS), "review/keyboard-eyJobs"])
      expect(holdsToken(text)).toBe(false);
  });
});

describe("claims in a link", () => {
  const given = { claims: CLAIMS, otherClaims: "absent" } as const;

  it("are those that speak of the job, and not of a person or a time", () => {
    const link = encodeClaims(given);
    expect(link).not.toMatch(/ada|1795/);
    expect(decodeClaims(link)).toEqual({
      claims: { iss: CLAIMS.iss, sub: CLAIMS.sub, aud: CLAIMS.aud, project_id: "4711" },
      // What was kept back is not absent.
      otherClaims: "unknown",
    });
  });

  it("stay unknown when the link is passed on", () => {
    const passedOn = decodeClaims(encodeClaims(given));
    expect(passedOn && decodeClaims(encodeClaims(passedOn))?.otherClaims).toBe("unknown");
  });

  it("are all there where none is personal", () => {
    const { user_email: _, user_login: __, ...impersonal } = CLAIMS;
    expect(decodeClaims(encodeClaims({ ...given, claims: impersonal }))?.otherClaims).toBe("absent");
  });

  it.each(["", "{", "[]", '{"claims":1}', '{"claims":{"iss":"x"}}'])("are none in %j", (text) => {
    expect(decodeClaims(text)).toBeUndefined();
  });
});
