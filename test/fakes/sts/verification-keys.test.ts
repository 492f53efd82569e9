import { afterEach, describe, expect, it } from "vitest";
import { createAuthority } from "../certificates.ts";
import { startWorld, type World, type WorldOptions } from "../world.ts";
import { exchange, refusalOf } from "./client.ts";

const NO_KEY =
  "400 InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference " +
  "AssumeRoleWithWebIdentity documentation for requirements";

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

async function start(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld(options);
  worlds.push(world);
  return world;
}

describe("the keys of the issuer", () => {
  it("are asked for once and kept", async () => {
    const world = await start();
    await Promise.all([exchange(world), exchange(world), exchange(world)]);
    await exchange(world);
    expect(world.issuer.requests).toEqual(["/.well-known/openid-configuration", "/oauth/discovery/keys"]);
  });

  it("are asked for again after a rotation, which makes older tokens unverifiable", async () => {
    const world = await start();
    const older = world.mintToken();
    await exchange(world, { WebIdentityToken: older });
    await world.issuer.rotateKeys();
    await exchange(world);
    expect(await refusalOf(exchange(world, { WebIdentityToken: older }))).toBe(NO_KEY);
  });

  it.each(["server-error", "html", "keys-without-kid"] as const)(
    "cannot be retrieved while the issuer's behaviour is %s, and can afterwards",
    async (behaviour) => {
      const world = await start();
      world.issuer.behave(behaviour);
      expect(await refusalOf(exchange(world))).toBe(NO_KEY);
      world.issuer.behave("normal");
      expect(await exchange(world)).toHaveProperty("Credentials");
    },
  );

  it("cannot be retrieved from an issuer that does not answer in time", async () => {
    const world = await start({ sts: { issuerTimeoutMs: 100 } });
    world.issuer.behave("hang");
    expect(await refusalOf(exchange(world))).toBe(NO_KEY);
  });

  it("cannot be chosen from without a kid in the token", async () => {
    const world = await start();
    const token = world.issuer.mint({}, { header: { kid: undefined } });
    expect(await refusalOf(exchange(world, { WebIdentityToken: token }))).toBe(NO_KEY);
  });

  it("are found under the path of the instance", async () => {
    const world = await start({ iss: "https://example.com/gitlab" });
    const { Provider } = await exchange(world);
    expect(Provider).toBe("arn:aws:iam::123456789012:oidc-provider/example.com/gitlab");
    expect(world.issuer.requests).toContain("/gitlab/.well-known/openid-configuration");
  });

  it("are read over HTTPS from an issuer whose authority is known, and from no other", async () => {
    const authority = await createAuthority();
    const issuer = { tls: await authority.issue({ ipAddresses: ["127.0.0.1"] }) };
    const world = await start({ issuer, sts: { issuerAuthorityPem: authority.certificatePem } });
    expect(await exchange(world)).toHaveProperty("Credentials");
    const distrustful = await start({ issuer });
    expect(await refusalOf(exchange(distrustful))).toBe(NO_KEY);
  });

  it("are never looked for outside of this machine", async () => {
    const iss = "https://gitlab.com";
    const world = await start({ iss, sts: { issuers: {} } });
    expect(await refusalOf(exchange(world))).toBe(NO_KEY);
    expect(world.issuer.requests).toEqual([]);
  });
});
