import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import wordListPath from "word-list";
import { ownProse, type Page, parsePage, readPages } from "../pages.ts";

function readWords(path: string): readonly string[] {
  return readFileSync(path, "utf8").trim().split("\n");
}

/** Words that the pages need and a list of English words has not. */
const OURS = readWords(join(import.meta.dirname, "words.txt"));
const KNOWN = new Set([...readWords(wordListPath), ...OURS]);

/** Words of three letters or more and of nothing else; names such as `CloudTrail` and `AWS` are what `terms.test.ts` looks at. */
function wordsOf(page: Page): readonly { readonly line: number; readonly word: string }[] {
  return ownProse(page).flatMap(({ number, text }) =>
    text
      .split(/[\s/–—|-]+/)
      .map((token) => token.replaceAll(/^[("'.:]+|(?:['’]s)?[)"'’.,:;?!…]*$/g, ""))
      .filter((token) => /^[A-Za-z][a-z]{2,}$/.test(token))
      .map((word) => ({ line: number, word: word.toLowerCase() })),
  );
}

function misspelt(page: Page): readonly string[] {
  return wordsOf(page)
    .filter(({ word }) => !KNOWN.has(word))
    .map(({ line, word }) => `${page.path}:${line}: ${word}`);
}

it("is that of a dictionary, or of the project's own words in test/docs/prose/words.txt", () => {
  expect(readPages().flatMap(misspelt)).toEqual([]);
});

it("needs every word of the project's own", () => {
  const used = new Set(readPages().flatMap((page) => wordsOf(page).map(({ word }) => word)));
  expect(OURS.filter((word) => !used.has(word))).toEqual([]);
  expect(OURS).toEqual([...OURS].sort());
});

it("would be found wrong in prose, and left alone in code and addresses", () => {
  const page = parsePage(
    "page.md",
    "A credental, `credental`, [credentail](credental.md), https://credental.example.\n",
  );
  expect(misspelt(page)).toEqual(["page.md:1: credental", "page.md:1: credentail"]);
});
