import { describe, expect, it } from "vitest";
import { analyseSubject, demandsMore } from "../../../../../src/aws/trust-policy/model/subject-difference.ts";
import { correctSlips } from "../../../../../src/aws/trust-policy/model/subject-slips.ts";

const SUB = "project_path:acme/shop:ref_type:branch:ref:main";
const TOKEN = { sub: SUB, projectPath: "acme/shop", projectId: "4711" };

describe("correctSlips", () => {
  it.each([
    ["acme/shop:ref_type:branch:ref:main", ["sub-prefix"]],
    ["project:acme/shop:ref_type:branch:ref:main", ["sub-prefix"]],
    ["project_path: acme/shop:ref_type:branch:ref:main", ["sub-space"]],
    ["project_path:/acme/shop/:ref_type:branch:ref:main", ["sub-slash"]],
    ["project_path:4711:ref_type:branch:ref:main", ["sub-id-for-path"]],
    ["project_path:Acme/shop.git:ref_type:branch:ref:refs/heads/main", ["sub-git", "sub-refs", "sub-case"]],
    ["https://gitlab.com/acme/shop:ref_type:branch:ref:main", ["sub-url", "sub-prefix"]],
  ])("reads %s", (value, ids) => {
    const { corrected, slips } = correctSlips(value, TOKEN);
    expect(corrected).toBe(SUB);
    expect(slips.map(({ id }) => id)).toEqual(ids);
  });

  it.each([
    SUB,
    "project_path:acme/*:ref_type:branch:ref:release/*",
    "project_path:acme/*:*",
    "repo:acme/shop:*",
    "*",
    "project_path:99:ref_type:branch:ref:main",
  ])("leaves %s as it is", (value) => {
    expect(correctSlips(value, TOKEN)).toEqual({ corrected: value, slips: [] });
  });
});

describe("analyseSubject", () => {
  it("keeps the value that comes closest", () => {
    const values = ["project_path:acme/web:ref_type:branch:ref:main", SUB.replace("main", "next")];
    expect(analyseSubject(values, TOKEN)).toMatchObject({
      wanted: values[1],
      missing: [],
      differing: [{ name: "ref", wanted: "next", actual: "main" }],
    });
  });

  it("takes a value that is cut off for no other form", () => {
    expect(analyseSubject(["project_path:acme/shop:*"], TOKEN)).toMatchObject({ missing: [], extra: [] });
  });

  it.each([
    ["project_path:acme/shop:environment_protected:true:ref_type:branch:ref:main", true],
    ["project_id:4711:ref_type:branch:ref:main", true],
    ["project_path:acme/web:ref_type:branch:ref:main", false],
    ["project_path:acme/shop:branch:main", false],
  ])("tells whether %s asks for more than project and ref", (value, expected) => {
    const analysis = analyseSubject([value], TOKEN);
    expect(analysis && demandsMore(analysis)).toBe(expected);
  });
});
