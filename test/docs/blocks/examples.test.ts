import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, readPages } from "../pages.ts";

const PIPELINES = globSync("examples/pipelines/*/.gitlab-ci.yml", { cwd: ROOT }).sort();
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("the example", () => {
  it.each(PIPELINES)("%s opens with what it shows, and ends with what to change", (path) => {
    const text = read(path);
    expect(text).toMatch(/^# \w/);
    const [, change = ""] = /\n\n# To change: (.*(?:\n# .*)*)\n$/.exec(text) ?? [];
    expect(change).toMatch(/\.$/);
    // What is to be changed is there.
    const named = [...change.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    expect(named.length).toBeGreaterThan(1);
    for (const name of named) expect(text.slice(0, text.indexOf("# To change:"))).toContain(name);
  });
});

it("the policies that pages show are JSON", () => {
  const blocks = readPages().flatMap(({ blocks: found }) =>
    found.filter(({ language }) => language === "json"),
  );
  expect(blocks.length).toBeGreaterThan(8);
  for (const { code } of blocks) expect(JSON.parse(code)).toBeTypeOf("object");
});
