import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TokenDescription } from "../../../stand-ins/gitlab-job.ts";
import { startWorld, type World } from "../world.ts";
import { exchange, refusalOf } from "./client.ts";

const NOW = new Date("2026-11-23T03:00:00Z");
const GENERIC =
  "400 InvalidIdentityToken: The web identity token provided could not be validated. " +
  "See the AssumeRoleWithWebIdentity documentation for requirements.";
const DENIED = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";

let world: World;
beforeAll(async () => {
  world = await startWorld({ clock: () => NOW });
});
afterAll(() => world.close());

function secondsFromNow(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

describe("a token", () => {
  it.each<readonly [string, TokenDescription, string]>([
    ["of another branch", { ref: "feature" }, DENIED],
    ["of a tag with the branch's name", { refType: "tag" }, DENIED],
    ["of another project", { project: "acme/other" }, DENIED],
    ["with an audience that only the provider knows", { aud: "sts.amazonaws.com" }, DENIED],
    ["with an audience that the provider does not know", { aud: "https://vault.example.com" }, GENERIC],
    ["of another issuer", { claims: { iss: "https://gitlab.com" } }, GENERIC],
    ["of the issuer with a trailing slash", { claims: { iss: "https://gitlab.example.com/" } }, GENERIC],
    [
      "with two audiences",
      { aud: ["https://gitlab.example.com", "sts.amazonaws.com"] },
      "400 InvalidIdentityToken: Token audience contains more than one audience while authorized party is not present",
    ],
    [
      "with an empty audience",
      { aud: "" },
      "400 InvalidIdentityToken: Claim is not allowed to be empty: aud",
    ],
    ...["iss", "sub", "aud", "iat", "exp"].map(
      (claim) =>
        [
          `without ${claim}`,
          { claims: { [claim]: undefined } },
          `400 InvalidIdentityToken: Missing a required claim: ${claim}`,
        ] as const,
    ),
    [
      "whose subject is null",
      { claims: { sub: null } },
      "500 InternalFailure: Unknown error validating third-party token",
    ],
    [
      "whose times are fractions",
      { claims: { exp: 1_795_406_400.5 } },
      "400 InvalidIdentityToken: Invalid timestamp in token claims.",
    ],
    [
      "that expired five minutes ago",
      { issuedAt: secondsFromNow(-600), expiresInSeconds: 300 },
      "400 ExpiredTokenException: Token expired: current date/time 1795402500 must be before " +
        "the expiration date/time 1795402500",
    ],
    [
      "that is valid only in six minutes",
      { claims: { nbf: 1_795_403_160 } },
      "400 InvalidIdentityToken: Token not yet valid: current date/time 1795403100 must be after or equal to " +
        "the not-before date/time 1795403160",
    ],
    [
      "issued in six minutes",
      { claims: { iat: 1_795_403_160 } },
      "400 InvalidIdentityToken: Token issued in the future: 1795403160",
    ],
    [
      "with malformed session tags",
      { claims: { "https://aws.amazon.com/tags": { principal_tags: { team: "shop" } } } },
      "400 InvalidIdentityToken: principal_tags passed in claim is not in correct format.",
    ],
    [
      "with session tags that the role does not admit",
      { claims: { "https://aws.amazon.com/tags/principal_tags/team": ["shop"] } },
      "403 AccessDenied: Not authorized to perform sts:TagSession",
    ],
    [
      "with a source identity that the role does not admit",
      { claims: { "https://aws.amazon.com/source_identity": "ada" } },
      "403 AccessDenied: Not authorized to perform sts:SetSourceIdentity",
    ],
  ])("%s is refused", async (_which, token, refusal) => {
    expect(await refusalOf(exchange(world, { WebIdentityToken: world.mintToken(token) }))).toBe(refusal);
  });

  it("of which one character was changed is refused", async () => {
    const [header, claims, signature = ""] = world.mintToken().split(".");
    const altered = `${header}.${claims}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    expect(await refusalOf(exchange(world, { WebIdentityToken: altered }))).toBe(
      "400 InvalidIdentityToken: Token signature invalid",
    );
  });

  it("signed with a key of someone else is refused", async () => {
    const forged = world.issuer.mint({}, { foreignKey: true });
    expect(await refusalOf(exchange(world, { WebIdentityToken: forged }))).toBe(
      "400 InvalidIdentityToken: Token signature invalid",
    );
  });

  it.each(["none", "HS256"])("that claims to be signed with %s is refused", async (alg) => {
    const [header = "", claims = ""] = world.issuer.mint({}, { header: { alg } }).split(".");
    const mac = createHmac("sha256", "key").update(`${header}.${claims}`).digest("base64url");
    expect(await refusalOf(exchange(world, { WebIdentityToken: `${header}.${claims}.${mac}` }))).toBe(
      "400 InvalidIdentityToken: Token signature invalid",
    );
  });

  it.each(["$GITLAB_OIDC_TOKEN", "a.b.c\n", "glpat-not-a-token"])("that is %j is refused", async (token) => {
    expect(await refusalOf(exchange(world, { WebIdentityToken: token }))).toBe(
      "400 InvalidIdentityToken: Provided Token is not a Login With Amazon token",
    );
  });

  it("whose segments are not JSON is refused", async () => {
    expect(await refusalOf(exchange(world, { WebIdentityToken: "aaaa.bbbb.cccc" }))).toBe(
      "400 InvalidIdentityToken: The ID Token provided is not a valid JWT. " +
        "(You may see this error if you sent an Access Token)",
    );
  });
});
