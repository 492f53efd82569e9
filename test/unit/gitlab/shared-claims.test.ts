import { describe, expect, it } from "vitest";
import { encodeSharedClaims, selectClaims } from "../../../src/gitlab/shared-claims.ts";
import { buildIdTokenClaims } from "../../../stand-ins/gitlab-job.ts";

const ISS = "https://gitlab.example.com";
const CLAIMS = buildIdTokenClaims(ISS, { claims: { groups_direct: ["acme"] } }, new Date(0));

describe("selectClaims", () => {
  it("keeps back whatever is not known to speak of nobody in person", () => {
    const { shown, withheld } = selectClaims(CLAIMS, "withheld");
    expect(withheld).toEqual(["user_id", "user_login", "user_email", "jti", "groups_direct"]);
    expect(shown).toMatchObject({ iss: ISS, project_path: "acme/shop", user_access_level: "maintainer" });
    expect(JSON.stringify(shown)).not.toMatch(/\bada\b/);
  });

  it("shows everything to who asks for it", () => {
    expect(selectClaims(CLAIMS, "shown")).toEqual({ shown: CLAIMS, withheld: [] });
  });
});

describe("encodeSharedClaims", () => {
  it("counts the personal claims that nobody has taken out, and leaves them out", () => {
    const shared = JSON.parse(encodeSharedClaims({ shown: CLAIMS, withheld: ["user_name"] }));
    expect(shared).toEqual({ claims: expect.objectContaining({ sub: CLAIMS.sub }), withheld: 6 });
    expect(JSON.stringify(shared)).not.toMatch(/\bada\b|exp|iat/);
  });
});
