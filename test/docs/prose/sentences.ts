import type { Line } from "../pages.ts";

/** A paragraph, an item of a list, a heading or a cell of a table, in one piece. */
export interface Passage {
  readonly line: number;
  readonly kind: "paragraph" | "cell";
  /** As it is read: a piece of code is one word, a link its title. */
  readonly text: string;
}

/** How many characters of a paragraph a reader sees in a line. */
export const LINE_WIDTH = 120;

const TABLE_ROW = /^\s*\|.*\|\s*$/;
const TABLE_RULE = /^\s*\|[\s|:-]+\|\s*$/;
const BEGINS_PASSAGE = /^\s*(?:[-*+] |\d+\. |#{1,6} |→ )/;
const QUOTE = /^(\s*)> ?(?:\[![a-z]+\]\s*)?/;
const COMMENT = /<!--[\s\S]*?-->/g;

/** Divides the lines of a page, without its blocks of code, into passages. */
export function passagesOf(lines: readonly Line[]): readonly Passage[] {
  const passages: { line: number; kind: "paragraph" | "cell"; text: string }[] = [];
  let isOpen = false;
  let last = 0;
  for (const { number, text: raw } of withoutComments(lines)) {
    const text = raw.replace(QUOTE, "$1");
    // A block of code ends a passage too.
    isOpen &&= number === last + 1;
    last = number;
    if (text.trim() === "" || TABLE_RULE.test(text)) isOpen = false;
    else if (TABLE_ROW.test(text)) {
      isOpen = false;
      passages.push(...cellsOf(text).map((cell) => ({ line: number, kind: "cell" as const, text: cell })));
    } else if (isOpen && !BEGINS_PASSAGE.test(text)) {
      const open = passages.at(-1);
      if (open !== undefined) open.text += ` ${text.trim()}`;
    } else {
      passages.push({ line: number, kind: "paragraph", text: text.replace(BEGINS_PASSAGE, "").trim() });
      isOpen = !/^\s*#/.test(text);
    }
  }
  return passages
    .map((passage) => ({ ...passage, text: readable(passage.text) }))
    .filter(({ text }) => text !== "");
}

function cellsOf(row: string): readonly string[] {
  const cells = row
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim());
}

function withoutComments(lines: readonly Line[]): readonly Line[] {
  const text = lines.map((line) => line.text).join("\n");
  const bare = text.replaceAll(COMMENT, (comment) => comment.replaceAll(/[^\n]/g, ""));
  return bare.split("\n").map((line, index) => ({ number: lines[index]?.number ?? 0, text: line }));
}

function readable(text: string): string {
  return text
    .replaceAll(/`+[^`]*`+/g, "code")
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/\\(?=[<*|])|\*+/g, "");
}

/** Divides a passage into sentences: at a full stop, a question mark or an exclamation mark before a capital letter. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .split(/(?<=[^.\s][.!?]["')”]*)\s+(?=["'(“]*(?:[A-Z]|code\b))/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[a-z]/i.test(sentence));
}

export function wordCount(sentence: string): number {
  return sentence.split(/[\s/–—]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
