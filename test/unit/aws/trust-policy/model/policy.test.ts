import { describe, expect, it } from "vitest";
import {
  mapPrincipalIds,
  type Principal,
  principalIds,
} from "../../../../../src/aws/trust-policy/model/policy.ts";

const LISTED: Principal = {
  kind: "listed",
  entries: [
    { type: "Federated", ids: ["a", "b"] },
    { type: "AWS", ids: ["c"] },
  ],
};

describe("principalIds", () => {
  it("gives the identifiers of one type", () => {
    expect(principalIds(LISTED, "Federated")).toEqual(["a", "b"]);
    expect(principalIds(LISTED, "Service")).toEqual([]);
    expect(principalIds({ kind: "everyone" }, "Federated")).toEqual([]);
  });
});

describe("mapPrincipalIds", () => {
  it("rewrites every identifier", () => {
    const rewritten = mapPrincipalIds(LISTED, (id) => id.toUpperCase());
    expect(rewritten.kind === "listed" && rewritten.entries).toEqual([
      { type: "Federated", ids: ["A", "B"] },
      { type: "AWS", ids: ["C"] },
    ]);
  });

  it("leaves everyone alone", () => {
    expect(mapPrincipalIds({ kind: "everyone" }, () => "x")).toEqual({ kind: "everyone" });
  });
});
