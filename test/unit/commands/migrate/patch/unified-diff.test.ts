import fc from "fast-check";
import { expect, it } from "vitest";
import { applyEdits } from "../../../../../src/commands/migrate/patch/apply.ts";
import { renderDiff } from "../../../../../src/commands/migrate/patch/unified-diff.ts";
import { createSource, type Edit } from "../../../../../src/commands/migrate/pipeline/source.ts";
import { propertyRuns } from "../../../../harness/property-runs.ts";

const SHOWN = { path: "a.yml", isSecret: () => false };

/** The lines of a hunk that begin with one of these signs, without it. */
function linesOf(body: string, signs: string): readonly string[] {
  const lines = [...body.matchAll(/^([ +-])(.*\n)(\\ No newline at end of file\n)?/gm)];
  return lines
    .filter(([, sign = ""]) => signs.includes(sign))
    .map(([, , line = "", open]) => (open === undefined ? line : line.slice(0, -1)));
}

const HUNK = /^@@ -(\d+),(\d+) \+\d+,\d+ @@\n((?:[ +\\-].*\n)*)/gm;

/** Puts a patch into a text by what the format says, without looking for its place. */
function patch(text: string, diff: string): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const result: string[] = [];
  let at = 0;
  for (const [, start, size, body = ""] of diff.matchAll(HUNK)) {
    const from = Number(start) - (size === "0" ? 0 : 1);
    result.push(...lines.slice(at, from), ...linesOf(body, " +"));
    at = from + Number(size);
    expect(lines.slice(from, at)).toEqual(linesOf(body, " -"));
  }
  return [...result, ...lines.slice(at)].join("");
}

const text = fc
  .array(fc.constantFrom("a\n", "b\n", "\n", "c", "dd\n"), { maxLength: 30 })
  .map((parts) => parts.join(""));
const edits = (length: number) =>
  fc.array(
    fc
      .tuple(fc.nat({ max: length }), fc.nat({ max: 6 }), fc.constantFrom("", "x", "y\n", "z\nz\n"))
      .map(([from, size, added]): Edit => ({ from, to: Math.min(length, from + size), text: added })),
    { maxLength: 6 },
  );

it("gives a patch that makes what the edits make, whatever they are", () => {
  const cases = text.chain((before) => fc.tuple(fc.constant(before), edits(before.length)));
  fc.assert(
    fc.property(cases, ([before, changes]) => {
      const diff = renderDiff(createSource(before), changes, SHOWN);
      expect(diff.ok && patch(before, diff.text)).toBe(applyEdits(before, changes));
    }),
    propertyRuns(500),
  );
});

it("never shows a line that is secret: it makes a smaller patch, or none", () => {
  const cases = text.chain((before) => fc.tuple(fc.constant(before), edits(before.length)));
  fc.assert(
    fc.property(cases, ([before, changes]) => {
      const diff = renderDiff(createSource(before), changes, {
        path: "a.yml",
        isSecret: (line) => line.startsWith("dd"),
      });
      if (diff.ok) expect(diff.text).not.toMatch(/^[ -]dd/m);
      if (diff.ok) expect(patch(before, diff.text)).toBe(applyEdits(before, changes));
    }),
    propertyRuns(500),
  );
});

it("names a path with a blank so that git reads it", () => {
  const diff = renderDiff(createSource("a\n"), [{ from: 0, to: 0, text: "b\n" }], {
    ...SHOWN,
    path: "my ci.yml",
  });
  expect(diff).toEqual({ ok: true, text: "--- a/my ci.yml\t\n+++ b/my ci.yml\t\n@@ -1,1 +1,2 @@\n+b\n a\n" });
});

it.each([
  ["ci/a b.yml", "--- a/ci/a b.yml\t\n+++ b/ci/a b.yml\t\n"],
  ["ci/a\tb.yml", '--- "a/ci/a\\011b.yml"\n+++ "b/ci/a\\011b.yml"\n'],
  ['x\n+++ b/"y"', '--- "a/x\\012+++ b/\\"y\\""\n+++ "b/x\\012+++ b/\\"y\\""\n'],
])("names a file so that it is that file, and no line of the patch: %j", (path, heading) => {
  const diff = renderDiff(createSource("a\n"), [{ from: 0, to: 1, text: "b" }], { ...SHOWN, path });
  expect(diff).toEqual({ ok: true, text: `${heading}@@ -1,1 +1,1 @@\n-a\n+b\n` });
});
