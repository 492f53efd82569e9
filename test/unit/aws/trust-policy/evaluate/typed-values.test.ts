import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ipBlockContains,
  parseIpBlock,
  parsePolicyDate,
} from "../../../../../src/aws/trust-policy/evaluate/typed-values.ts";

describe("parsePolicyDate", () => {
  it.each([
    ["2026", "2026-01-01T00:00:00Z"],
    ["2026-11", "2026-11-01T00:00:00Z"],
    ["2026-11-20", "2026-11-20T00:00:00Z"],
    ["2026-11-20T10:00Z", "2026-11-20T10:00:00Z"],
    ["2026-11-20T10:00:05Z", "2026-11-20T10:00:05Z"],
    ["2026-11-20T10:00:05.25Z", "2026-11-20T10:00:05.25Z"],
    ["2026-11-20T12:00:00+02:00", "2026-11-20T10:00:00Z"],
    ["1795168800", "2026-11-20T10:00:00Z"],
  ])("reads %s", (text, expected) => {
    expect(parsePolicyDate(text)).toBe(Date.parse(expected));
  });

  it.each(["", "yesterday", "20.11.2026", "2026-11-20T10:00:00", "2026-13-01", "2026-11-20 10:00Z", "12*"])(
    "refuses %j",
    (text) => {
      expect(parsePolicyDate(text)).toBeUndefined();
    },
  );
});

describe("parseIpBlock", () => {
  it.each([
    ["0.0.0.0", { bits: 32, address: 0n, prefixLength: 32 }],
    ["203.0.113.7/24", { bits: 32, address: 0xcb007107n, prefixLength: 24 }],
    ["::", { bits: 128, address: 0n, prefixLength: 128 }],
    ["::1", { bits: 128, address: 1n, prefixLength: 128 }],
    ["2001:db8::", { bits: 128, address: 0x20010db8n << 96n, prefixLength: 128 }],
    ["2001:DB8::1/32", { bits: 128, address: (0x20010db8n << 96n) | 1n, prefixLength: 32 }],
    ["1:2:3:4:5:6:7:8", { bits: 128, address: 0x00010002000300040005000600070008n, prefixLength: 128 }],
  ])("reads %s", (text, expected) => {
    expect(parseIpBlock(text)).toEqual(expected);
  });

  it.each([
    "",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4/33",
    "1.2.3.4/",
    "1.2.3.4/a",
    "1.2.3.4/8/8",
    "::/129",
    ":",
    "1::2::3",
    "zz::1",
    "1::zz",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "12345::",
  ])("refuses %j", (text) => {
    expect(parseIpBlock(text)).toBeUndefined();
  });

  it("finds an address in every block of its own prefix", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefixLength) => {
        const inner = parseIpBlock(address);
        const outer = parseIpBlock(`${address}/${prefixLength}`);
        expect(inner && outer && ipBlockContains(outer, inner)).toBe(true);
      }),
    );
  });

  it("does not find a wider block in a narrower one", () => {
    const narrow = parseIpBlock("10.0.0.0/16");
    const wide = parseIpBlock("10.0.0.0/8");
    expect(narrow && wide && ipBlockContains(narrow, wide)).toBe(false);
  });
});
