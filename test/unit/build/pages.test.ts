import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../../build/pages.ts");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pages-"));
  git("init", "--quiet");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...argv: readonly string[]): void {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  const { status, stderr } = spawnSync("git", [...identity, ...argv], { cwd: folder, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
}

/** Commits a version, with a page that says which it is, and tags it. */
function release(version: string, page: string | undefined = `page of ${version}`): void {
  mkdirSync(join(folder, "dist"), { recursive: true });
  if (page !== undefined && page !== "") writeFileSync(join(folder, "dist/playground.html"), page);
  writeFileSync(join(folder, "version"), version);
  git("add", ".");
  git("commit", "--quiet", "--message", version);
  git("tag", version);
}

function layOut(tag: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, tag], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** What each page says, by its folder. */
function published(): Readonly<Record<string, string>> {
  const files = readdirSync(join(folder, "public"), { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    files
      .filter((path) => path.endsWith("index.html"))
      .map((path) => [path, readFileSync(join(folder, "public", path), "utf8")] as const),
  );
}

it("has the page of every release that had one, and the newest as `latest` and at the top", () => {
  release("0.9.0", "");
  release("1.9.0");
  release("not-a-version");
  release("1.10.0");
  expect(layOut("1.10.0")).toEqual({
    status: 0,
    stdout: "✔ public/ has the playground of 1.10.0, 1.9.0.\n",
    stderr: "",
  });
  expect(published()).toEqual({
    "1.9.0/index.html": "page of 1.9.0",
    "1.10.0/index.html": "page of 1.10.0",
    "latest/index.html": "page of 1.10.0",
    "index.html": "page of 1.10.0",
  });
});

it("keeps the newest as `latest` when an older line gets a release", () => {
  release("2.0.0");
  release("1.9.1");
  layOut("1.9.1");
  expect(published()).toMatchObject({
    "1.9.1/index.html": "page of 1.9.1",
    "latest/index.html": "page of 2.0.0",
  });
});

it.each(["", "v1.0.0", "main"])("is laid out for a release only, not for %j", (tag) => {
  release("1.0.0");
  expect(layOut(tag)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("is not the tag of a release"),
  });
  expect(readdirSync(folder)).not.toContain("public");
});
