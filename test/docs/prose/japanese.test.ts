import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CodeBlock, type Page, parsePage, ROOT, slugOf } from "../pages.ts";

/*
 * README.ja.md is made from sections of English pages. A comment in each of its sections names the source, with a hash of that
 * text: when the English changes, the test names the section that has to be read again.
 */

const JAPANESE = "README.ja.md";
const MADE_FROM = /<!-- made from: (.+?) -->/g;
const HASH_LENGTH = 12;

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** A page, or the section below one of its headings, subsections included. The top of a page ends at its first section. */
function sectionOf(path: string, anchor: string | undefined, text = read(path)): string {
  const lines = text.split("\n");
  const levelOf = (line: string): number => /^#{1,6}(?= )/.exec(line)?.[0].length ?? 0;
  const begin =
    anchor === undefined
      ? 0
      : lines.findIndex((line) => levelOf(line) > 1 && slugOf(line.replace(/^#+ /, "")) === anchor);
  if (begin < 0) throw new Error(`${path} has no section #${anchor}`);
  const level = anchor === undefined ? 2 : levelOf(lines[begin] ?? "");
  let isInCode = false;
  const length = lines.slice(begin + 1).findIndex((line) => {
    if (/^ *```/.test(line)) isInCode = !isInCode;
    return !isInCode && levelOf(line) > 0 && levelOf(line) <= level;
  });
  return lines.slice(begin, length < 0 ? undefined : begin + 1 + length).join("\n");
}

/** What is generated or drawn anew needs no translation. */
function hashOf(section: string): string {
  const written = section.replaceAll(/<!-- generated: .* -->[\s\S]*?<!-- end of generated -->/g, "");
  return createHash("sha256")
    .update(written.replaceAll(/\s+/g, " ").trim())
    .digest("hex")
    .slice(0, HASH_LENGTH);
}

interface Source {
  readonly address: string;
  readonly hash: string | undefined;
}

function sourcesOf(page: string): readonly Source[] {
  return [...page.matchAll(MADE_FROM)].flatMap(([, list = ""]) =>
    list.split(", ").map((source) => {
      const [address = "", hash] = source.split(" ");
      return { address, hash };
    }),
  );
}

function textOf({ address }: Source): string {
  const [path = "", anchor] = address.split("#");
  return path === "README.md" || anchor !== undefined ? sectionOf(path, anchor) : read(path);
}

const sources = sourcesOf(read(JAPANESE));

it("names what it was made from: the quick start, the choice and the security notes", () => {
  expect(sources.map(({ address }) => address)).toEqual([
    "README.md",
    "README.md#before-you-start",
    "README.md#quick-start",
    "README.md#which-component",
    "docs/choose.md",
    "docs/security.md#what-to-know-about-dotenv-reports",
  ]);
});

it.each(sources)("is up to date with $address", (source) => {
  const hash = hashOf(textOf(source));
  expect(
    source.hash,
    `${source.address} has changed since ${JAPANESE} was made from it: translate the change, then write ${hash}`,
  ).toBe(hash);
});

/** Code without the comments, which are translated. */
function codeOf(blocks: readonly CodeBlock[]): readonly string[] {
  return blocks.map(({ code }) => code.replaceAll(/ *# .*$/gm, ""));
}

describe("its code", () => {
  const japanese = parsePage(JAPANESE, read(JAPANESE));
  const english: readonly Page[] = sources.map((source) => parsePage(source.address, textOf(source)));

  it("is that of the English sections, in the same order", () => {
    expect(codeOf(japanese.blocks)).toEqual(codeOf(english.flatMap(({ blocks }) => blocks)));
  });
});

it("would find that a section has changed, and not that it was wrapped anew", () => {
  const page = "# A\n\ntop\n\n## One\n\na b\n\n### Sub\n\nc\n\n```sh\n## no heading\n```\n\n## Two\n\nd\n";
  const one = sectionOf("page.md", "one", page);
  expect(one).toContain("## no heading");
  expect(one).not.toContain("## Two");
  expect(sectionOf("page.md", undefined, page)).toBe("# A\n\ntop\n");
  expect(hashOf(one.replace("a b", "a\nb"))).toBe(hashOf(one));
  expect(hashOf(one.replace("c", "e"))).not.toBe(hashOf(one));
});
