import { describe, expect, it } from "vitest";
import {
  buildDiscoveryUrl,
  findKeyFaults,
  isPrivateAddress,
  parseDiscovery,
} from "../../../src/gitlab/discovery.ts";

const KEY = { kty: "RSA", kid: "one", use: "sig", alg: "RS256", n: "…", e: "AQAB" };
const keySet = (...keys: readonly object[]): string => JSON.stringify({ keys });

describe("a discovery document", () => {
  it("lies below the issuer, with its path", () => {
    expect(buildDiscoveryUrl("https://example.com/gitlab")).toBe(
      "https://example.com/gitlab/.well-known/openid-configuration",
    );
  });

  it("says who issues, and where the keys are", () => {
    const body = JSON.stringify({ issuer: "https://a", jwks_uri: "https://a/keys", other: 1 });
    expect(parseDiscovery(body)).toEqual({ issuer: "https://a", keysUrl: "https://a/keys" });
  });

  it.each(["<html>", "null", "[]", '{"issuer":"https://a"}', '{"issuer":"https://a","jwks_uri":"keys"}'])(
    "is not %s",
    (body) => {
      expect(parseDiscovery(body)).toBeUndefined();
    },
  );
});

describe("a key set", () => {
  it("is right with the token's key in it", () => {
    expect(findKeyFaults(keySet({ ...KEY, kid: "other" }, KEY), "one")).toEqual([]);
    expect(findKeyFaults(keySet(KEY), undefined)).toEqual([]);
  });

  it.each([
    ["no JSON", "<html>", /no key set/],
    ["no keys", "{}", /no key set/],
    ["another key only", keySet({ ...KEY, kid: "two" }), /kid one\) is not among the 1 in it/],
    ["a key without a kid", keySet(KEY, { ...KEY, kid: undefined }), /no `kid`/],
    ["a key for encryption", keySet({ ...KEY, use: "enc" }), /another `use`/],
    ["key_ops", keySet({ ...KEY, key_ops: ["verify"] }), /`key_ops`/],
    ["too many keys", keySet(...Array.from({ length: 101 }, () => KEY)), /101 keys/],
    ["the token's key twice, the later one unusable", keySet(KEY, { ...KEY, use: "enc" }), /another `use`/],
    ["something that is no key", '{"keys":[null]}', /no `kid`/],
  ])("is of no use with %s", (_, body, expected) => {
    expect(findKeyFaults(body, "one").join("; ")).toMatch(expected);
  });
});

describe("isPrivateAddress", () => {
  it.each([
    "10.1.2.3",
    "127.0.0.1",
    "172.16.0.1",
    "172.31.255.1",
    "192.168.1.1",
    "169.254.1.1",
    "100.64.0.1",
  ])("knows %s", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });
  it.each(["::1", "fd12:3456::1", "fe80::1", "::ffff:10.0.0.1"])("knows %s of IPv6", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });
  it.each(["34.74.90.64", "172.32.0.1", "192.169.0.1", "100.128.0.1", "2600:1901::1"])(
    "lets %s pass",
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});
