import { describe, expect, it } from "vitest";
import { describeWorld } from "./world.ts";
import { parseWorldFile } from "./world-file.ts";

const ACCOUNT = "123456789012";

function withRole(role: object) {
  return { accounts: { [ACCOUNT]: { roles: [role] } } };
}

describe("a world in a file", () => {
  it("is read as it was described", () => {
    const world = describeWorld("https://git.acme.example");
    const { iss, accounts } = parseWorldFile(JSON.stringify({ iss: "https://git.acme.example", ...world }));
    expect(iss).toBe("https://git.acme.example");
    expect(accounts[ACCOUNT]?.oidcProviders).toEqual(world.accounts[ACCOUNT]?.oidcProviders);
    expect(accounts[ACCOUNT]?.roles).toMatchObject(world.accounts[ACCOUNT]?.roles ?? []);
  });

  it.each<readonly [why: string, world: unknown, message: string]>([
    ["a list", [], "the world must be an object"],
    ["no accounts", {}, "accounts must be an object"],
    ["an empty iss", { iss: "", accounts: {} }, "iss must be a text"],
    [
      "a short account id",
      { accounts: { "123": {} } },
      'accounts: "123" is not an account id of twelve digits',
    ],
    [
      "a provider without client ids",
      { accounts: { [ACCOUNT]: { oidcProviders: [{ url: "https://gitlab.com" }] } } },
      "accounts.123456789012.oidcProviders[0].clientIds must be a list",
    ],
    [
      "a role without a name",
      withRole({ trustPolicy: {} }),
      "accounts.123456789012.roles[0].name must be a text",
    ],
    [
      "a duration in words",
      withRole({ name: "a", maxSessionDurationSeconds: "1h" }),
      "accounts.123456789012.roles[0].maxSessionDurationSeconds must be a whole number",
    ],
    [
      "a trust policy that IAM refuses",
      withRole({ name: "a", trustPolicy: {} }),
      'accounts.123456789012.roles[0].trustPolicy: IAM refuses this policy: "Statement" is missing',
    ],
    [
      "an identity policy that IAM refuses",
      withRole({ name: "a", trustPolicy: { Statement: [] }, identityPolicy: { Version: "1" } }),
      'accounts.123456789012.roles[0].identityPolicy: IAM refuses this policy: "Statement" is missing',
    ],
  ])("is refused with %s", (_why, world, message) => {
    expect(() => parseWorldFile(JSON.stringify(world))).toThrow(message);
  });

  it("is not quoted when it is not JSON, since it may be the wrong file", () => {
    expect(() => parseWorldFile("GITLAB_OIDC_TOKEN=abc")).toThrow(/^the file is not JSON$/);
  });
});
