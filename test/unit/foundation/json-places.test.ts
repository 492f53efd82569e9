import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elementPlace, findDuplicateMembers, memberPlace } from "../../../src/foundation/json-places.ts";

it("names places as jq does", () => {
  const statement = elementPlace(memberPlace("", "Statement"), 0);
  expect(memberPlace(memberPlace(statement, "Bool"), "a:b")).toBe('Statement[0].Bool["a:b"]');
});

describe("findDuplicateMembers", () => {
  it("finds nothing in what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(findDuplicateMembers(json)).toEqual([]);
      }),
    );
  });

  it("names each repetition by its place, escapes resolved", () => {
    const json = String.raw`{"a":[{"b":1},{"b":1,"\u0062":2}],"x:y":{},"x:y":",:{}[]\"","a":0}`;
    expect(findDuplicateMembers(json)).toEqual(["a[1].b", '["x:y"]', "a"]);
  });

  it("takes the members of two objects apart, of one name too", () => {
    expect(findDuplicateMembers('{"a":{"b":1},"a":{"b":[{"c":1},{"c":2}]}}')).toEqual(["a"]);
  });
});
