import { describe, expect, it } from "vitest";
import {
  diffSubjects,
  parseSubject,
  subjectValue,
} from "../../../../../src/aws/trust-policy/model/subject.ts";

const MAIN = "project_path:acme/shop:ref_type:branch:ref:main";

describe("parseSubject", () => {
  it("takes a subject apart", () => {
    expect(parseSubject(MAIN)).toEqual([
      { name: "project_path", value: "acme/shop" },
      { name: "ref_type", value: "branch" },
      { name: "ref", value: "main" },
    ]);
  });

  it("keeps what is left over as a component without name", () => {
    expect(parseSubject("project_path:acme/shop:*")).toEqual([
      { name: "project_path", value: "acme/shop" },
      { name: "", value: "*" },
    ]);
  });

  it("reads a wildcard that stands for whole components, and what follows it", () => {
    expect(parseSubject("project_path:acme/shop:*:environment:production")).toEqual([
      { name: "project_path", value: "acme/shop" },
      { name: "", value: "*" },
      { name: "environment", value: "production" },
    ]);
    expect(parseSubject("project_path:acme/shop:*:main")).toContainEqual({ name: "*", value: "main" });
  });
});

it("takes apart and compares what is far too long", () => {
  const long = `${MAIN}${":x".repeat(30_000)}`;
  expect(parseSubject(long)).toHaveLength(15_003);
  expect(diffSubjects(long, MAIN)).toEqual([{ name: "x", wanted: "x", actual: undefined }]);
  const names = Array.from({ length: 15_000 }, (_, index) => `n${index}:v`).join(":");
  expect(diffSubjects(names, MAIN)).toHaveLength(15_003);
});

describe("subjectValue", () => {
  it("finds a component", () => {
    expect(subjectValue(MAIN, "ref")).toBe("main");
    expect(subjectValue(MAIN, "environment")).toBeUndefined();
  });
});

describe("diffSubjects", () => {
  it.each([
    [MAIN, []],
    ["project_path:acme/*:ref_type:branch:ref:m?in", []],
    ["project_path:acme/shop:ref_type:tag:ref:main", [{ name: "ref_type", wanted: "tag", actual: "branch" }]],
    [
      "project_path:acme/api:ref_type:branch:ref:main",
      [{ name: "project_path", wanted: "acme/api", actual: "acme/shop" }],
    ],
    [
      "project_id:1:ref_type:branch:ref:main",
      [
        { name: "project_id", wanted: "1", actual: undefined },
        { name: "project_path", wanted: undefined, actual: "acme/shop" },
      ],
    ],
  ])("tells %s from the main branch", (wanted, expected) => {
    expect(diffSubjects(wanted, MAIN)).toEqual(expected);
  });
});
