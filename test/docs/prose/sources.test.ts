import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../pages.ts";
import { CONSTRUCTIONS } from "./constructions.ts";
import { TRANSLATED } from "./translated-english.ts";

const BANNED = [...CONSTRUCTIONS, ...TRANSLATED];

const SOURCES = globSync(
  [
    "{src,build,bench,demo}/**/*.{ts,sh}",
    "playground/**/*.{ts,tsx,html,js}",
    "templates/*.yml",
    "examples/**/*.{yml,tf}",
  ],
  { cwd: ROOT, exclude: (path) => path.includes("node_modules") || path.includes(".terraform") },
).sort();

/** What marks the lines of a comment, so that a sentence is found across them. */
const COMMENT_LINE = /\n[ \t]*(?:\*(?!\/)|\/\/|#) ?/g;

/** The constructions in the comments, messages and names of a source: its sentences go on over the lines of a comment. */
function banned(path: string, source: string): readonly string[] {
  const text = source.replaceAll(COMMENT_LINE, " ");
  return BANNED.flatMap(([wrong, instead]) => {
    const found = wrong.exec(text);
    if (found === null) return [];
    const context = text.slice(Math.max(0, found.index - 40), found.index + 60).replaceAll(/\s+/g, " ");
    return [`${path}: "${found[0]}" → ${instead}: …${context}…`];
  });
}

it("say what they say as a native speaker would", () => {
  expect(SOURCES.length).toBeGreaterThan(200);
  expect(SOURCES.flatMap((path) => banned(path, readFileSync(join(ROOT, path), "utf8")))).toEqual([]);
});

it.each([
  ['"What AWS does here is documented nowhere."', "documented nowhere"],
  ["/**\n * A copy of it takes the\n * place of the old one.\n */", "takes the place of"],
  ["// It goes on with a folder\n// of its own.", "a folder of its own"],
  ["# The key is no\n# key of AWS.", "is no key"],
  ['"They fit whatever the path, so it is asked for all the same."', "all the same"],
  ["/** There is none that IAM would take. */", "is none"],
])("would be found otherwise: %j", (source, found) => {
  expect(banned("a.ts", source).join("\n")).toContain(`"${found}"`);
});

it.each([
  "/** Reads the second role; `undefined` if there is none. */",
  "const held = against(holds);",
  '"The token does not have the claim."',
])("are left alone: %j", (source) => {
  expect(banned("a.ts", source)).toEqual([]);
});
