import { describe, expect, it } from "vitest";
import { claimValues, readSessionTags } from "../../../../../src/aws/trust-policy/model/request.ts";

describe("claimValues", () => {
  it.each([
    ["a", ["a"]],
    [1, ["1"]],
    [true, ["true"]],
    [
      ["a", 1, null],
      ["a", "1"],
    ],
    [null, []],
    [undefined, []],
    [{ a: 1 }, []],
    [[], []],
  ])("makes texts of %j", (claim, expected) => {
    expect(claimValues(claim)).toEqual(expected);
  });
});

describe("readSessionTags", () => {
  it("reads the nested form", () => {
    const tags = { principal_tags: { Team: ["a"], Stage: ["b"] }, transitive_tag_keys: ["Team"] };
    expect(readSessionTags({ "https://aws.amazon.com/tags": tags })).toEqual({
      tags: new Map([
        ["Team", "a"],
        ["Stage", "b"],
      ]),
      transitiveKeys: ["Team"],
    });
  });

  it("reads the flattened form", () => {
    const claims = {
      "https://aws.amazon.com/tags/principal_tags/Team": ["a"],
      "https://aws.amazon.com/tags/transitive_tag_keys": ["Team"],
    };
    expect(readSessionTags(claims)).toEqual({ tags: new Map([["Team", "a"]]), transitiveKeys: ["Team"] });
  });

  it("takes anything else for no tags", () => {
    expect(readSessionTags({ "https://aws.amazon.com/tags": "x" }).tags.size).toBe(0);
  });
});
