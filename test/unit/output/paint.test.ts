import { expect, it } from "vitest";
import { createPaint } from "../../../src/output/paint.ts";

it.each([
  ["in a GitLab job", { GITLAB_CI: "true" }],
  ["where it is asked for", { FORCE_COLOR: "1" }],
  ["where it is asked for without a number", { FORCE_COLOR: "" }],
  ["with an empty NO_COLOR, which forbids nothing", { GITLAB_CI: "true", NO_COLOR: "" }],
])("paints %s", (_, env) => {
  expect(createPaint(env).bad("no")).toBe("\u001b[31;1mno\u001b[0m");
});

it.each([
  ["outside GitLab", {}],
  ["where NO_COLOR forbids it", { GITLAB_CI: "true", NO_COLOR: "1" }],
  ["where NO_COLOR forbids what FORCE_COLOR wants", { FORCE_COLOR: "1", NO_COLOR: "1" }],
  ["with FORCE_COLOR=0 on a terminal", { FORCE_COLOR: "0" }],
])("does not paint %s", (_, env) => {
  const { good, bad, warn, dim, bold } = createPaint(env);
  expect([good, bad, warn, dim, bold].map((style) => style("text"))).toEqual(Array(5).fill("text"));
});

it("tells its five styles apart", () => {
  const { good, bad, warn, dim, bold } = createPaint({ FORCE_COLOR: "1" });
  expect(new Set([good, bad, warn, dim, bold].map((style) => style("text"))).size).toBe(5);
});
