import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { applyPatches } from "../../../harness/apply-patch.ts";
import { type InMemoryRun, runInMemory } from "../../../harness/run-in-memory.ts";
import { MIGRATED_SHAPES, readShape, SHAPES } from "../../../vectors/migrate/shapes.ts";

const VECTORS = join(import.meta.dirname, "../../../vectors/migrate");

const before: Record<string, string> = {};
const runs: Record<string, InMemoryRun> = {};
let patched: Readonly<Record<string, string>>;
beforeAll(async () => {
  for (const { name } of SHAPES) {
    const text = await readShape(name);
    before[`${name}.yml`] = text;
    runs[name] = await runInMemory({ argv: ["migrate", `${name}.yml`], files: { [`${name}.yml`]: text } });
  }
  patched = await applyPatches(
    before,
    Object.values(runs)
      .map(({ stdout }) => stdout)
      .join(""),
  );
});

describe.each(MIGRATED_SHAPES)("$name", ({ name, identities }) => {
  it("gives a patch with which git makes the expected file", async () => {
    expect(runs[name]).toMatchObject({ exitCode: 0 });
    await expect(patched[`${name}.yml`]).toMatchFileSnapshot(join(VECTORS, `${name}.after.yml`));
  });

  it("leaves nothing to migrate", async () => {
    const run = await runInMemory({
      argv: ["migrate"],
      files: { ".gitlab-ci.yml": patched[`${name}.yml`] ?? "" },
    });
    expect(run).toMatchObject({ exitCode: 0, stdout: "" });
    expect(run.stderr).toContain("Nothing to migrate in .gitlab-ci.yml.");
  });

  it("adds no line to what it keeps but references, and keeps every other", () => {
    const kept = new Set((before[`${name}.yml`] ?? "").split("\n"));
    const jobs = Object.keys(identities).map((job) => job.replace(/: \[.*/, ""));
    const added = (patched[`${name}.yml`] ?? "").split("\n").filter((line) => !kept.has(line));
    const ours =
      /^include:|component: |inputs:|^ {6}[\w-]+: |extends: |!reference \[|before_script:|export-credentials|^ {2}- (?:local: )?'?\/?ci\//;
    expect(added.filter((line) => !ours.test(line))).toEqual([]);
    expect(jobs.length).toBeGreaterThan(0);
  });
});

const LEFT = SHAPES.filter(({ left }) => left !== undefined);

it.each(LEFT)("leaves as it is, and names the line: $name", async ({ name, left = [] }) => {
  const run = runs[name];
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  expect([...(run?.stderr.matchAll(/^ {2}line (\d+): /gm) ?? [])].map(([, line]) => Number(line))).toEqual(
    left,
  );
  expect(run?.stderr).toContain("left as it is");
});

it("has 20 shapes and more, each with its source and what is particular", async () => {
  expect(MIGRATED_SHAPES.length).toBeGreaterThanOrEqual(30);
  for (const { source, fact } of SHAPES) expect([source, fact].every((text) => text.length > 20)).toBe(true);
  expect(await readFile(join(VECTORS, "README.md"), "utf8")).toContain("shapes.json");
});
