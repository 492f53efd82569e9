import { describe, expect, it } from "vitest";
import {
  buildDiscoveryUrl,
  findDiscoveryFaults,
  findKeyFaults,
  findSignatureFaults,
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
    expect(parseDiscovery(body)).toEqual({ issuer: "https://a", keysUrl: "https://a/keys", algorithms: [] });
  });

  const DOCUMENT = { issuer: "https://a", keysUrl: "https://a/keys", algorithms: ["RS256"] };
  it("is right where its keys are on the issuer's host", () => {
    expect(findDiscoveryFaults(DOCUMENT, "https://a")).toEqual({ faults: [], oddities: [] });
  });

  it.each(["http://a/keys", "http://127.0.0.1/keys", "file:///etc/passwd", "data:,{}", "ftp://a/keys"])(
    "is of no use with its keys at %s",
    (keysUrl) => {
      const fault = `the keys are at ${keysUrl}, and AWS accepts https URLs only`;
      expect(findDiscoveryFaults({ ...DOCUMENT, keysUrl }, "https://a")).toEqual({
        faults: [fault],
        oddities: [],
      });
    },
  );

  it.each([
    ["https://b/keys", "b"],
    ["https://a:8443/keys", "a:8443"],
    ["https://a@b/keys", "b"],
    ["https://a.b/keys", "a.b"],
  ])("is odd with its keys at %s", (keysUrl, host) => {
    const { faults, oddities } = findDiscoveryFaults({ ...DOCUMENT, keysUrl }, "https://a");
    expect(faults).toEqual([]);
    expect(oddities).toEqual([expect.stringContaining(`the keys are on another host, ${host}: whoever`)]);
  });

  it("may offer what is no text", () => {
    const members = {
      jwks_uri: "https://a/keys",
      id_token_signing_alg_values_supported: [null, { toString: 1 }],
    };
    const document = parseDiscovery(JSON.stringify({ issuer: "https://a", ...members }));
    expect(document?.algorithms).toEqual(["null", '{"toString":1}']);
  });

  it.each(["none", "NONE"])("is odd where it offers the algorithm %s", (algorithm) => {
    const document = { ...DOCUMENT, algorithms: ["RS256", algorithm] };
    expect(findDiscoveryFaults(document, "https://a").oddities).toEqual([expect.stringContaining("`none`")]);
  });

  it("is for the issuer that it was found at, to the letter", () => {
    const { faults } = findDiscoveryFaults({ ...DOCUMENT, issuer: "https://a/" }, "https://a");
    expect(faults).toEqual(["the discovery document is for the issuer https://a/, not https://a"]);
  });

  it.each(["<html>", "null", "[]", '{"issuer":"https://a"}', '{"issuer":"https://a","jwks_uri":"keys"}'])(
    "is not %s",
    (body) => {
      expect(parseDiscovery(body)).toBeUndefined();
    },
  );
});

describe("the header of a token", () => {
  it.each(["RS256", "ES512"])("may name %s", (algorithm) => {
    expect(findSignatureFaults({ algorithm, keyId: "one" })).toEqual([]);
  });
  it.each(["none", "HS256", "PS256", "rs256"])("may not name %s", (algorithm) => {
    const fault = `the token is signed by \`alg\` ${algorithm}; AWS accepts RS256, RS384, RS512, ES256, ES384, ES512`;
    expect(findSignatureFaults({ algorithm, keyId: "one" })).toEqual([fault]);
  });
  it("may not say nothing", () => {
    expect(findSignatureFaults({ algorithm: undefined, keyId: "one" })).toHaveLength(1);
  });
});

describe("a key set", () => {
  const RIGHT = { faults: [], oddities: [] };
  it("is right with the token's key in it", () => {
    expect(findKeyFaults(keySet({ ...KEY, kid: "other" }, KEY), "one")).toEqual(RIGHT);
    expect(findKeyFaults(keySet(KEY), undefined)).toEqual(RIGHT);
    expect(findKeyFaults(keySet({ kty: "EC", kid: "one", crv: "P-256", x: "…", y: "…" }), "one")).toEqual(
      RIGHT,
    );
  });

  it.each([
    ["no JSON", "<html>", /not a key set/],
    ["no keys", "{}", /not a key set/],
    ["another key only", keySet({ ...KEY, kid: "two" }), /kid one\) is not among the 1 in it/],
    ["a key without a kid", keySet(KEY, { ...KEY, kid: undefined }), /no `kid`/],
    ["a key for encryption", keySet({ ...KEY, use: "enc" }), /a `use` other/],
    ["key_ops", keySet({ ...KEY, key_ops: ["verify"] }), /`key_ops`/],
    ["too many keys", keySet(...Array.from({ length: 101 }, () => KEY)), /101 keys/],
    ["the token's key twice, the later one unusable", keySet(KEY, { ...KEY, use: "enc" }), /a `use` other/],
    ["something that is not a key", '{"keys":[null]}', /no `kid`/],
    ["a shared secret for a key", keySet({ kty: "oct", kid: "one", k: "…" }), /has the type oct \(`kty`\)/],
    ["a key of no type", keySet({ ...KEY, kty: undefined }), /has the type undefined/],
    ["a type of Object's own", keySet({ ...KEY, kty: "constructor" }), /has the type constructor/],
    [
      "a type that is no text",
      '{"keys":[{"kid":"one","kty":{"toString":1}}]}',
      /has the type \{"toString":1\}/,
    ],
    ["an algorithm that is no text", keySet({ ...KEY, alg: { toString: 1 } }), /for `alg` \{"toString":1\}/],
    ["a key without a signature", keySet({ ...KEY, alg: "none" }), /for `alg` none; AWS accepts RS256/],
    ["a key for HMAC", keySet({ ...KEY, alg: "HS256" }), /for `alg` HS256/],
    ["a certificate for a key", keySet({ kty: "RSA", kid: "one", x5c: ["…"] }), /lacks `n` and `e`/],
  ])("is of no use with %s", (_, body, expected) => {
    expect(findKeyFaults(body, "one").faults.join("; ")).toMatch(expected);
  });

  it.each([
    ["a shared secret", { kty: "oct", kid: "two", k: "…" }, /a shared secret \(`kty` oct\)/],
    ["no signature", { ...KEY, kid: "two", alg: "none" }, /`alg` none/],
  ])("is odd with %s beside the token's key", (_, other, expected) => {
    const { faults, oddities } = findKeyFaults(keySet(other, KEY), "one");
    expect(faults).toEqual([]);
    expect(oddities).toEqual([expect.stringMatching(expected)]);
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
