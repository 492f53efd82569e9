import { posix } from "node:path";
import { expect, it } from "vitest";
import { type Page, parsePage, readPages } from "../pages.ts";
import { LINE_WIDTH, passagesOf, sentencesOf, wordCount } from "./sentences.ts";

const MOST_WORDS = 40;
const MEDIAN_WORDS = 18;
const MOST_LINES = 4;
const README_LINES = 200;
const MOST_CLICKS = 2;

const pages = readPages();

interface Sentence {
  readonly where: string;
  readonly words: number;
  readonly isInTable: boolean;
}

function sentencesOfPage({ path, written }: Page): readonly Sentence[] {
  return passagesOf(written).flatMap(({ line, kind, text }) =>
    sentencesOf(text).map((sentence) => ({
      where: `${path}:${line}: ${sentence}`,
      words: wordCount(sentence),
      isInTable: kind === "cell",
    })),
  );
}

function longSentences(page: Page): readonly string[] {
  return sentencesOfPage(page).flatMap(({ where, words }) =>
    words > MOST_WORDS ? [`${where} (${words} words)`] : [],
  );
}

/** Letters of Japanese take the place of two others. */
function widthOf(text: string): number {
  return text.length + (text.match(/[\u3000-\u9fff\uff00-\uffef]/g) ?? []).length;
}

function longParagraphs({ path, written }: Page): readonly string[] {
  return passagesOf(written).flatMap(({ line, kind, text }) => {
    const lines = Math.ceil(widthOf(text) / LINE_WIDTH);
    return kind === "paragraph" && lines > MOST_LINES ? [`${path}:${line}: ${lines} lines: ${text}`] : [];
  });
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? 0;
}

it(`has no sentence of more than ${MOST_WORDS} words`, () => {
  expect(pages.flatMap(longSentences)).toEqual([]);
});

it(`has no paragraph of more than ${MOST_LINES} lines`, () => {
  expect(pages.flatMap(longParagraphs)).toEqual([]);
});

/** The changelog is a list of features, not of sentences. */
const texts = pages.filter(({ path }) => path !== "CHANGELOG.md");

it.each(texts.map((page) => [page.path, page] as const))(
  `%s has half of its sentences within ${MEDIAN_WORDS} words`,
  (_, page) => {
    const sentences = sentencesOfPage(page).filter(({ isInTable }) => !isInTable);
    expect(sentences.length).toBeGreaterThan(2);
    expect(medianOf(sentences.map(({ words }) => words))).toBeLessThanOrEqual(MEDIAN_WORDS);
  },
);

it("would find what is too long, in a table, a list and a quotation too", () => {
  const sentence = (words: number): string => `${"Word ".repeat(words).trimEnd()}.`;
  const text = `- ${sentence(41)} ${sentence(3)}\n\n| ${sentence(42)} | cell |\n\n> [!note]\n> ${sentence(43)}\n`;
  const found = longSentences(parsePage("page.md", text));
  expect(found.map((one) => one.replace(/: Word.*(?= \()/, ""))).toEqual([
    "page.md:1 (41 words)",
    "page.md:3 (42 words)",
    "page.md:6 (43 words)",
  ]);
  const lines = `${"x".repeat(LINE_WIDTH)}\n`;
  expect(longParagraphs(parsePage("page.md", lines.repeat(MOST_LINES)))).toHaveLength(1);
  expect(longParagraphs(parsePage("page.md", lines.repeat(MOST_LINES - 1)))).toEqual([]);
  expect(longParagraphs(parsePage("page.md", `${"字".repeat(LINE_WIDTH * 2 + 1)}\n`))).toHaveLength(1);
});

it("counts code and a link as the words that are read, and no stop within a name", () => {
  const [passage] = passagesOf([
    { number: 1, text: "Run `npm run build` on gitlab.com, see [the page](a.md)" },
    { number: 2, text: "(e.g. twice). **Then** stop." },
  ]);
  const sentences = sentencesOf(passage?.text ?? "");
  expect(sentences).toEqual(["Run code on gitlab.com, see the page (e.g. twice).", "Then stop."]);
  expect(sentences.map(wordCount)).toEqual([9, 2]);
});

it(`has a README of at most ${README_LINES} lines`, () => {
  const readme = pages.find(({ path }) => path === "README.md");
  expect(readme?.lineCount).toBeLessThanOrEqual(README_LINES);
});

/** @see https://docs.gitlab.com/user/markdown/#alerts */
const ALERTS = ["note", "tip", "important", "caution", "warning"];

it("has alerts of the kinds that GitLab knows, and each with a text", () => {
  const lines = pages.flatMap(({ path, written }) =>
    written.map(({ number, text }, index) => ({
      where: `${path}:${number}`,
      text,
      next: written[index + 1]?.text,
    })),
  );
  const alerts = lines.flatMap(({ where, text, next }) => {
    const [, kind] = /^\s*> ?\[!(\w+)\]/.exec(text) ?? [];
    return kind === undefined ? [] : [{ where, kind, next }];
  });
  expect(alerts.length).toBeGreaterThan(8);
  for (const { where, kind, next } of alerts) {
    expect(ALERTS, where).toContain(kind);
    expect(next, where).toMatch(/^\s*> \S/);
  }
});

/** The pages that a page leads to. */
function pagesAfter({ path, links }: Page): readonly string[] {
  return links.map(({ target }) =>
    posix.normalize(posix.join(posix.dirname(path), target.replace(/#.*/, ""))),
  );
}

/** What takes more clicks from the README than a reader is willing to make, among the pages for users. */
function farPages(all: readonly Page[]): readonly string[] {
  const reached = new Set(["README.md"]);
  for (let click = 0; click < MOST_CLICKS; click += 1) {
    for (const page of all.filter(({ path }) => reached.has(path))) {
      for (const path of pagesAfter(page)) reached.add(path);
    }
  }
  return all.map(({ path }) => path).filter((path) => !reached.has(path) && !path.startsWith("test/"));
}

it(`leads from the README to every page in ${MOST_CLICKS} clicks`, () => {
  expect(farPages(pages)).toEqual([]);
});

it("lists every page of docs/ in its index", () => {
  const index = pages.find(({ path }) => path === "docs/README.md");
  const listed = index === undefined ? [] : pagesAfter(index);
  const inDocs = pages.map(({ path }) => path).filter((path) => path.startsWith("docs/"));
  expect(inDocs.filter((path) => path !== "docs/README.md" && !listed.includes(path))).toEqual([]);
});

it("would find a page that is too far away", () => {
  const chain = ["README.md", "a.md", "b.md", "c.md"].map((path, index, paths) =>
    parsePage(path, `[next](${paths[index + 1] ?? "a.md"})\n`),
  );
  // The first click leads to a.md, the second to b.md.
  expect(farPages(chain)).toEqual(["c.md"]);
});
