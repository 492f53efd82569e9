import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";
import { type Link, type Page, parsePage, ROOT, readPages } from "./pages.ts";

const pages = readPages();
const pagesByPath = new Map(pages.map((page) => [page.path, page]));

/** What is wrong with a link; nothing leaves this machine to find out. */
function problemOf(page: Page, { target }: Link): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return externalProblem(target);
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page.path : normalize(join(dirname(page.path), path));
  if (file.startsWith("..")) return "leads out of the project";
  if (!existsSync(join(ROOT, file))) return "there is no such file";
  if (anchor === undefined) return undefined;
  return (page.path === file ? page : pagesByPath.get(file))?.anchors.has(anchor)
    ? undefined
    : "there is no such heading";
}

function externalProblem(target: string): string | undefined {
  if (!URL.canParse(target)) return "is no URL";
  const { protocol, username, hostname } = new URL(target);
  const isFine = protocol === "https:" && username === "" && hostname.includes(".");
  return isFine ? undefined : "is not the https URL of a host";
}

function problemsOf(page: Page): readonly string[] {
  return page.links.flatMap((link) => {
    const problem = problemOf(page, link);
    return problem === undefined ? [] : [`${page.path}:${link.line}: ${link.target} ${problem}`];
  });
}

it("finds the pages", () => {
  expect([...pagesByPath.keys()]).toEqual(
    expect.arrayContaining(["README.md", "docs/how-it-works.md", "examples/pipelines/README.md"]),
  );
});

it("lead to files and headings that exist, or to a host by https", () => {
  expect(pages.flatMap(problemsOf)).toEqual([]);
});

/** Paths of this project in running text, such as `src/main.ts`. */
function namedPaths({ path, written }: Page): readonly string[] {
  return written.flatMap(({ number, text }) =>
    [...text.matchAll(/`((?:bench|build|demo|docs|examples|playground|src|templates|test)\/[\w./-]*)`/g)].map(
      ([, name = ""]) => `${path}:${number}: ${name}`,
    ),
  );
}

it("finds every file and folder that is named in code", () => {
  // The bench makes that folder.
  const named = pages.flatMap(namedPaths).filter((one) => !one.endsWith(": bench/results/"));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((one) => !existsSync(join(ROOT, one.replace(/^.*: /, ""))))).toEqual([]);
});

it("finds every page that a message of ours names", () => {
  const sources = globSync("{src,playground,templates,build}/**/*.{ts,tsx,yml,sh}", { cwd: ROOT });
  const named = sources.flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(/\bdocs\/[\w./-]+\.(?:md|json|svg|png)\b/g)].map(
      ([name]) => `${path}: ${name}`,
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((one) => !existsSync(join(ROOT, one.replace(/^.*: /, ""))))).toEqual([]);
});

it.each([
  ["missing.md", "there is no such file"],
  ["docs/security.md#no-such-heading", "there is no such heading"],
  ["#no-such-heading", "there is no such heading"],
  ["../other-project/README.md", "leads out of the project"],
  ["http://example.com/", "is not the https URL of a host"],
  ["https://user@example.com/", "is not the https URL of a host"],
  ["https://", "is no URL"],
  ["mailto:somebody@example.com", "is not the https URL of a host"],
])("would find that %s does not", (target, problem) => {
  const page = parsePage("README.md", `# Here\n[a link](${target})\n`);
  expect(problemsOf(page)).toEqual([`README.md:2: ${target} ${problem}`]);
});
