/**
 * Lays out the project's GitLab Pages in public/: the playground of every release, under its version, and the newest
 * one as `latest` and at the top: `node build/pages.ts <tag>`, in a clone that has the tags.
 *
 * A deployment replaces the one before. Several at once would need GitLab Premium, and expire; so the pages of earlier
 * releases are taken from their tags.
 *
 * @see https://docs.gitlab.com/user/project/pages/parallel_deployments/
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PAGE = "dist/playground.html";
const FOLDER = "public";
const VERSION = /^\d+\.\d+\.\d+$/;

const [tag = ""] = process.argv.slice(2);
if (!VERSION.test(tag)) {
  console.error(`✖ ${tag || "nothing"} is not the tag of a release`);
  process.exit(1);
}

function git(...argv: readonly string[]): string {
  return execFileSync("git", argv, { encoding: "utf8", maxBuffer: 10 * 1024 * 1024 });
}

/** Absent for releases from before the playground. */
function pageOf(version: string): string | undefined {
  if (version === tag) return readFileSync(PAGE, "utf8");
  return git("ls-tree", "--name-only", version, "--", PAGE) === ""
    ? undefined
    : git("show", `${version}:${PAGE}`);
}

function newestFirst(one: string, other: string): number {
  return other.localeCompare(one, "en", { numeric: true });
}

function publish(folder: string, page: string): void {
  mkdirSync(join(FOLDER, folder), { recursive: true });
  writeFileSync(join(FOLDER, folder, "index.html"), page);
}

const versions = [...new Set([tag, ...git("tag", "--list").split("\n")])].filter((name) =>
  VERSION.test(name),
);
const pages = versions.sort(newestFirst).flatMap((version) => {
  const page = pageOf(version);
  return page === undefined ? [] : [{ version, page }];
});
rmSync(FOLDER, { recursive: true, force: true });
for (const { version, page } of pages) publish(version, page);
for (const folder of ["latest", "."]) publish(folder, pages[0]?.page ?? "");
console.log(`✔ ${FOLDER}/ has the playground of ${pages.map(({ version }) => version).join(", ")}.`);
