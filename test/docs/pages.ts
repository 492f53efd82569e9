import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** A page of the documentation. */
export interface Page {
  /** Below {@link ROOT}. */
  readonly path: string;
  /** What `#…` may lead to. */
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly Link[];
  /** What a reader reads: without code, addresses, comments and marks. */
  readonly prose: readonly Line[];
  /** All but the blocks of code, as it is written. */
  readonly written: readonly Line[];
  readonly lineCount: number;
  readonly blocks: readonly CodeBlock[];
}

export interface Link {
  readonly line: number;
  readonly target: string;
}

export interface CodeBlock {
  readonly line: number;
  /** `yaml`, `sh`, …; `""` if the page does not say. */
  readonly language: string;
  readonly code: string;
  /** Not ours, such as what somebody migrates from: `<!-- shown, not run -->` stands in the line above it. */
  readonly isOnlyShown: boolean;
  /** A file of `examples/`, which the build puts here; `test/e2e/examples.test.ts` runs it. */
  readonly isIncluded: boolean;
}

const ONLY_SHOWN = "<!-- shown, not run -->";
const INCLUDED = /^<!-- generated: examples\/\S+ -->$/;

const NOT_OURS = new Set(["node_modules", "dist", "coverage", ".git"]);

/** What others say: tables of what the script prints, and headings that are errors of AWS. */
const QUOTED: Readonly<Record<string, RegExp>> = {
  "docs/faults.md": /^\|/,
  "docs/troubleshooting.md": /^### /,
};

/** The lines of a page that the project itself has written. */
export function ownProse({ path, prose }: Page): readonly Line[] {
  return prose.filter(({ text }) => QUOTED[path]?.test(text) !== true);
}

/** Reads every page of the project. */
export function readPages(): readonly Page[] {
  const paths = globSync("**/*.md", { cwd: ROOT, exclude: (path) => NOT_OURS.has(path) });
  return paths.sort().map((path) => parsePage(path, readFileSync(join(ROOT, path), "utf8")));
}

export interface Line {
  readonly number: number;
  readonly text: string;
}

export function parsePage(path: string, text: string): Page {
  const { prose, blocks } = splitBlocks(
    text.split("\n").map((line, index) => ({ number: index + 1, text: line })),
  );
  return {
    path,
    blocks,
    anchors: anchorsOf(prose),
    links: prose.flatMap(linksOf),
    prose: readable(prose),
    written: prose,
    lineCount: text.trimEnd().split("\n").length,
  };
}

/** Tells the fenced blocks of code from the rest. */
function splitBlocks(lines: readonly Line[]): {
  readonly prose: readonly Line[];
  readonly blocks: readonly CodeBlock[];
} {
  const prose: Line[] = [];
  const blocks: CodeBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as Line;
    const [, indent = "", fence, language = ""] = /^( *)(`{3,}|~{3,})(\w*)/.exec(line.text) ?? [];
    if (fence === undefined) {
      prose.push(line);
      continue;
    }
    const inside = lines.slice(index + 1);
    const length = inside.findIndex(({ text }) => text.trim() === fence);
    if (length < 0) throw new Error(`line ${line.number}: the block of code has no end`);
    const code = inside.slice(0, length).map(({ text }) => `${text.slice(indent.length)}\n`);
    const before = lines[index - 1]?.text.trim() ?? "";
    blocks.push({
      line: line.number + 1,
      language,
      code: code.join(""),
      isOnlyShown: before === ONLY_SHOWN,
      isIncluded: INCLUDED.test(before),
    });
    index += length + 1;
  }
  return { prose, blocks };
}

function anchorsOf(prose: readonly Line[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const { text } of prose) {
    const [, title] = /^#{1,6} +(.+)$/.exec(text) ?? [];
    if (title === undefined) continue;
    const slug = slugOf(title);
    let unique = slug;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${slug}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/**
 * The anchor of a heading.
 *
 * @see https://docs.gitlab.com/user/markdown/#heading-ids-and-links
 */
export function slugOf(title: string): string {
  return title
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-")
    .replaceAll(/-{2,}/g, "-");
}

/**
 * Code, which may go on in the next line of a paragraph; links that are called as what they lead to, and where others lead;
 * HTML; names of files, hosts and the like.
 */
const NOT_PROSE =
  /`+(?:[^`\n]|\n(?!\n))*`+|\[([\w.-]+)\]\(\1\/[^)]*\)|\]\([^)]*\)|<[^>]*>|[^\s[\]"(]*[\w-][./:@=#][\w-][^\s[\]")]*|\w+_\w+/g;

function readable(lines: readonly Line[]): readonly Line[] {
  const text = lines.map((line) => line.text).join("\n");
  // Lines keep their numbers.
  const prose = text.replaceAll(NOT_PROSE, (code) => ` ${code.replaceAll(/[^\n]/g, "")} `);
  return prose
    .replaceAll(/[*_[\]]+/g, " ")
    .split("\n")
    .map((line, index) => ({ number: lines[index]?.number ?? 0, text: line }));
}

function linksOf({ number, text }: Line): readonly Link[] {
  const withoutCode = text.replaceAll(/`+[^`]*`+/g, "");
  const inline = [...withoutCode.matchAll(/\]\(\s*<?([^\s)>]+)>?[^)]*\)/g)];
  const others = [...withoutCode.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)|<(https?:[^>\s]+)>/g)];
  return [...inline, ...others].map(([, first, second]) => ({ line: number, target: first ?? second ?? "" }));
}
