import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  lutimesSync,
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
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const RSYNC = join(import.meta.dirname, "rsync.ts");
const FIND = join(import.meta.dirname, "find.ts");

/** What the tests ask of the stand-in they ask of rsync itself too, where a machine has it. */
const IMPLEMENTATIONS: readonly {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}[] = [
  { name: "the stand-in for rsync", command: [process.execPath, RSYNC] },
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

  it("copies the contents of a folder, with links, modes and times", () => {
    plant({ "from/a.txt": "A", "from/sub/run.sh": "#!/bin/sh", "from/empty/": "", "to/": "" });
    symlinkSync("../a.txt", join(folder, "from/sub/link"));
    chmodSync(join(folder, "from/sub/run.sh"), 0o750);
    chmodSync(join(folder, "from/empty"), 0o700);
    for (const path of ["from/sub/link", "from/sub/run.sh", "from/sub"]) {
      lutimesSync(join(folder, path), OLD, OLD);
    }
    expect(rsync("-a", "from/.", "to")).toEqual({ status: 0, stderr: "" });
    expect(listing("to")).toEqual({
      "a.txt": "A",
      "empty/": "",
      "sub/": "",
      "sub/link": "-> ../a.txt",
      "sub/run.sh": "#!/bin/sh",
    });
    expect(lstatSync(join(folder, "to/sub/run.sh")).mode & 0o777).toBe(0o750);
    expect(lstatSync(join(folder, "to/empty")).mode & 0o777).toBe(0o700);
    for (const path of ["to/sub/link", "to/sub/run.sh", "to/sub"]) {
      expect(lstatSync(join(folder, path)).mtime, path).toEqual(OLD);
    }
  });

  it("makes the destination, replaces what differs and leaves the rest of it alone", () => {
    plant({
      "from/a.txt": "new",
      "from/b.txt": "B",
      "to/a.txt": "old one",
      "to/mine.txt": "M",
      "to/b.txt/": "",
    });
    symlinkSync("mine.txt", join(folder, "to/a-link"));
    plant({ "from/a-link": "no link any more" });
    chmodSync(join(folder, "to/a.txt"), 0o400);
    expect(rsync("-a", "from/", "to").status).toBe(0);
    expect(rsync("-a", "from/", "made").status).toBe(0);
    expect(listing("to")).toEqual({
      "a-link": "no link any more",
      "a.txt": "new",
      "b.txt": "B",
      "mine.txt": "M",
    });
    expect(Object.keys(listing("made"))).toEqual(["a-link", "a.txt", "b.txt"]);
  });

  it("brings a folder to the state of the work tree but for what is excluded, and deletes the rest there", () => {
    plant({
      "work/kept.txt": "K",
      "work/untracked.txt": "U",
      "work/sub/untracked.txt": "tracked, in spite of its name",
      "work/node_modules/x.js": "X",
      "work/.git/lfs/object": "L",
      "work/.git/HEAD": "H",
      "work/.state/builds/job/stale/file": "S",
      "work/.state/builds/job/untracked.txt": "S",
      "work/.state/builds/job/kept.txt/": "",
    });
    writeFileSync(join(folder, "work/.state/exclude"), "# a comment\n\n/untracked.txt\n/node_modules/");
    const { status } = spawnSync(
      program,
      [...leading, "-a", "--delete-excluded", "--delete", "--exclude-from=.state/exclude"].concat([
        "--exclude",
        ".git/lfs",
        "--exclude",
        ".state/",
        "./",
        ".state/builds/job/",
      ]),
      { cwd: join(folder, "work") },
    );
    expect(status).toBe(0);
    expect(listing("work/.state/builds/job")).toEqual({
      ".git/": "",
      ".git/HEAD": "H",
      "kept.txt": "K",
      "sub/": "",
      "sub/untracked.txt": "tracked, in spite of its name",
    });
  });

  it("keeps the paths of the files named in a list, with the folders that lead to them", () => {
    plant({
      "public/index.html": "I",
      "public/css/site.css": "C",
      "public/css/site.css.map": "M",
      "out/report/deep/a.xml": "A",
      "out/report/b.xml": "B",
      ".gitlab-ci-local/secret": "no",
      list: "./public/\n./out/report/deep/a.xml\n./missing.txt\n./.gitlab-ci-local/secret\n",
      "artifacts/": "",
    });
    utimesSync(join(folder, "out/report"), OLD, OLD);
    const argv = ["--exclude", ".gitlab-ci-local/**", "-rRa", "--exclude", "*.map", "--files-from=list"];
    const { status, stderr } = rsync(...argv, ".", "artifacts/.");
    expect(status).toBe(23);
    expect(stderr).toMatch(/link_stat ".*missing\.txt" failed: No such file or directory/);
    const copied = listing("artifacts");
    expect(Object.keys(copied).filter((path) => !path.startsWith(".gitlab-ci-local"))).toEqual([
      "out/",
      "out/report/",
      "out/report/deep/",
      "out/report/deep/a.xml",
      "public/",
      "public/css/",
      "public/css/site.css",
      "public/index.html",
    ]);
    expect(copied).not.toHaveProperty(".gitlab-ci-local/secret");
    expect(lstatSync(join(folder, "artifacts/out/report")).mtime).toEqual(OLD);
  });

  it("keeps the paths of the sources with -R", () => {
    plant({ "a/b/c.env": "C", "a/other": "O", "to/": "" });
    expect(rsync("-Ra", "./a/b/c.env", "to/.").status).toBe(0);
    expect(listing("to")).toEqual({ "a/": "", "a/b/": "", "a/b/c.env": "C" });
  });

  it.each([
    ["/a.txt", ["sub/", "sub/a.log", "sub/a.txt", "sub/deep/", "sub/deep/a.txt"]],
    ["a.txt", ["sub/", "sub/a.log", "sub/deep/"]],
    ["a.*", ["sub/", "sub/deep/"]],
    ["sub/a.*", ["a.txt", "sub/", "sub/deep/", "sub/deep/a.txt"]],
    ["deep/", ["a.txt", "sub/", "sub/a.log", "sub/a.txt"]],
    ["a.txt/", ["a.txt", "sub/", "sub/a.log", "sub/a.txt", "sub/deep/", "sub/deep/a.txt"]],
    ["**/a.txt", ["sub/", "sub/a.log", "sub/deep/"]],
    ["sub/**", ["a.txt", "sub/"]],
    ["/sub/*/a.txt", ["a.txt", "sub/", "sub/a.log", "sub/a.txt", "sub/deep/"]],
    ["*/a.txt", ["a.txt", "sub/", "sub/a.log", "sub/deep/"]],
    ["a.[!t]*", ["a.txt", "sub/", "sub/a.txt", "sub/deep/", "sub/deep/a.txt"]],
    ["?.l[a-o]g", ["a.txt", "sub/", "sub/a.txt", "sub/deep/", "sub/deep/a.txt"]],
    ["a+txt", ["a.txt", "sub/", "sub/a.log", "sub/a.txt", "sub/deep/", "sub/deep/a.txt"]],
  ])("leaves out what the pattern %s matches", (pattern, copied) => {
    plant({ "from/a.txt": "", "from/sub/a.txt": "", "from/sub/a.log": "", "from/sub/deep/a.txt": "" });
    expect(rsync("-a", `--exclude=${pattern}`, "from/", "to").status).toBe(0);
    expect(Object.keys(listing("to"))).toEqual(copied);
  });

  it("refuses options that it does not know", () => {
    plant({ "from/a.txt": "A" });
    expect(rsync("-a", "--no-such-option", "from/", "to").status).toBe(1);
    expect(readdirSync(folder)).toEqual(["from"]);
  });
});

describe("the stand-in for find", () => {
  it("prints the regular files below the working folder", () => {
    plant({ "a.env": "", "sub/b.env": "", "empty/": "" });
    symlinkSync("a.env", join(folder, "link"));
    const output = execFileSync(process.execPath, [FIND, ".", "-type", "f"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(output.trim().split("\n").sort()).toEqual(["./a.env", "./sub/b.env"]);
  });

  it("refuses anything else", () => {
    expect(spawnSync(process.execPath, [FIND, ".", "-name", "x"], { cwd: folder }).status).toBe(1);
  });
});
