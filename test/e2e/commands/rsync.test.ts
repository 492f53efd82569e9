import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const RSYNC = join(import.meta.dirname, "rsync.sh");

/** What the tests ask of the stand-in they ask of rsync itself too, where a machine has it. */
const IMPLEMENTATIONS: readonly {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}[] = [
  { name: "the stand-in for rsync", command: [RSYNC] },
  ...(spawnSync("rsync", ["--version"]).status === 0 ? [{ name: "rsync", command: ["rsync"] } as const] : []),
];

const OLD = new Date("2020-02-03T04:05:06.000Z");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rsync-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Makes files below the folder: `{ "a/b.txt": "contents", "empty/": "" }`. */
function plant(files: Readonly<Record<string, string>>): void {
  for (const [path, contents] of Object.entries(files)) {
    const target = join(folder, path);
    mkdirSync(path.endsWith("/") ? target : dirname(target), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(target, contents);
  }
}

/** Everything below a path: directories with a slash, files with their contents, links with their target. */
function listing(path: string): Readonly<Record<string, string>> {
  const entries = readdirSync(join(folder, path), { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    entries.map((entry) => {
      const target = join(folder, path, entry);
      const stats = lstatSync(target);
      if (stats.isDirectory()) return [`${entry}/`, ""];
      return [entry, stats.isSymbolicLink() ? `-> ${readlinkSync(target)}` : readFileSync(target, "utf8")];
    }),
  );
}

describe.each(IMPLEMENTATIONS)("$name", ({ command: [program, ...leading] }) => {
  function rsync(...argv: readonly string[]) {
    const { status, stderr } = spawnSync(program, [...leading, ...argv], { cwd: folder, encoding: "utf8" });
    return { status, stderr };
  }

  it("copies the contents of a folder with links, modes and times, and leaves the rest of the destination alone", () => {
    plant({ "from/a.txt": "new", "from/sub/run.sh": "#!/bin/sh", "to/a.txt": "old one", "to/mine.txt": "M" });
    symlinkSync("../gone", join(folder, "from/sub/link"));
    chmodSync(join(folder, "from/sub/run.sh"), 0o750);
    utimesSync(join(folder, "from/sub/run.sh"), OLD, OLD);
    expect(rsync("-a", "from/.", "to")).toEqual({ status: 0, stderr: "" });
    expect(listing("to")).toEqual({
      "a.txt": "new",
      "mine.txt": "M",
      "sub/": "",
      "sub/link": "-> ../gone",
      "sub/run.sh": "#!/bin/sh",
    });
    const { mode, mtime } = lstatSync(join(folder, "to/sub/run.sh"));
    expect([mode & 0o777, mtime]).toEqual([0o750, OLD]);
  });

  it("shares a destination with others that copy into it at the same time", async () => {
    const jobs = ["one", "two", "three", "four"];
    const paths = jobs.flatMap((job) =>
      Array.from({ length: 25 }, (_, index) => `${job}/${index}/below/${job}.txt`),
    );
    plant(Object.fromEntries(paths.map((path) => [path, "A"])));
    await Promise.all(
      jobs.map((job) => promisify(execFile)(program, [...leading, "-a", `${job}/.`, "to"], { cwd: folder })),
    );
    expect(Object.keys(listing("to")).filter((path) => path.endsWith(".txt"))).toHaveLength(paths.length);
  });

  it("copies the work tree, except for what is excluded, into a folder below it", () => {
    plant({
      "kept.txt": "K",
      "untracked.txt": "U",
      "sub/untracked.txt": "tracked, in spite of its name",
      "node_modules/x.js": "X",
      ".git/lfs/object": "L",
      ".git/HEAD": "H",
      ".state/builds/job/": "",
      ".state/exclude": "/untracked.txt\n/node_modules/",
    });
    const argv = ["-a", "--delete-excluded", "--delete", "--exclude-from=.state/exclude"];
    const { status } = rsync(
      ...argv,
      "--exclude",
      ".git/lfs",
      "--exclude",
      ".state/",
      "./",
      ".state/builds/job/",
    );
    expect(status).toBe(0);
    expect(listing(".state/builds/job")).toEqual({
      ".git/": "",
      ".git/HEAD": "H",
      "kept.txt": "K",
      "sub/": "",
      "sub/untracked.txt": "tracked, in spite of its name",
    });
  });

  it("keeps the paths of the files named in a list", () => {
    plant({
      "public/css/site.css": "C",
      "out/deep/a.xml": "A",
      "out/b.xml": "B",
      ".gitlab-ci-local/secret": "no",
      list: "./public/\n./out/deep/a.xml\n./missing.txt\n./.gitlab-ci-local/secret\n",
      "artifacts/": "",
    });
    const argv = ["--exclude", ".gitlab-ci-local/**", "-rRa", "--files-from=list", ".", "artifacts/."];
    const { status, stderr } = rsync(...argv);
    expect(status).toBe(23);
    expect(stderr).toMatch(/link_stat ".*missing\.txt" failed: No such file or directory/);
    const files = Object.entries(listing("artifacts")).filter(([, contents]) => contents !== "");
    expect(Object.fromEntries(files)).toEqual({ "out/deep/a.xml": "A", "public/css/site.css": "C" });
  });

  it("keeps the paths of the sources with -R", () => {
    plant({ "a/b/c.env": "C", "a/other": "O", "to/": "" });
    expect(rsync("-Ra", "./a/b/c.env", "to/.").status).toBe(0);
    expect(listing("to")).toEqual({ "a/": "", "a/b/": "", "a/b/c.env": "C" });
  });

  it("refuses an option that it does not know", () => {
    plant({ "from/a.txt": "A" });
    expect(rsync("-a", "--no-such-option", "from/", "to").status).toBe(1);
    expect(readdirSync(folder)).toEqual(["from"]);
  });
});

describe("the stand-in", () => {
  const rsync = (...argv: readonly string[]) => spawnSync(RSYNC, argv, { cwd: folder });

  it("leaves a job's folder that has files as it is, where rsync would bring it back to the work tree", () => {
    plant({ "work/tracked.txt": "T", "builds/made.txt": "M" });
    expect(rsync("-a", "--delete-excluded", "--delete", "work/", "builds/").status).toBe(0);
    expect(listing("builds")).toEqual({ "made.txt": "M" });
  });

  it.each([
    ["a pattern", ["-a", "--exclude", "*.map", "from/", "to"]],
    ["a path outside", ["-Ra", "../secret", "to"]],
    ["a folder by its name", ["-a", "from", "to"]],
    ["anything but an archive", ["-r", "from/", "to"]],
  ])("refuses %s", (_, argv) => {
    plant({ "from/a.map": "A" });
    expect(rsync(...argv).status).toBe(1);
    expect(readdirSync(folder)).toEqual(["from"]);
  });
});
