"use strict";
const {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} = require("node:fs");
const { dirname, join, normalize, relative } = require("node:path");
const { parseArgs } = require("node:util");

/*
 * Stands in for rsync, which not every machine has. Every job calls it several times, and a module of TypeScript takes half
 * as long again to start. It does what gitlab-ci-local asks of it with `--shell-isolation` and
 * `--no-artifacts-to-source`, and fails for anything else, so that a new version cannot go wrong unnoticed:
 *
 *   rsync -a --delete-excluded --delete --exclude-from=list --exclude … ./ builds/job/   the work tree for a job
 *   rsync -a artifacts/. builds/job                                                     artifacts of the jobs that it needs
 *   rsync --exclude … -rRa --files-from=list . artifacts/.                              its own artifacts
 *   rsync -Ra paths … cache/.                                                           its caches and dotenv reports
 */

/** Exit code of rsync(1) where a source is missing. */
const PARTIAL_TRANSFER = 23;

const { values, positionals } = parseArgs({
  options: {
    archive: { type: "boolean", short: "a" },
    recursive: { type: "boolean", short: "r" },
    relative: { type: "boolean", short: "R" },
    delete: { type: "boolean" },
    "delete-excluded": { type: "boolean" },
    exclude: { type: "string", multiple: true },
    "exclude-from": { type: "string", multiple: true },
    "files-from": { type: "string" },
  },
  allowPositionals: true,
});

function readLines(file) {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

/** `/a` is the path of that name, `a/` every one that ends in it, with all that is below; `a/**` is taken for `a/`. */
function parseExclude(pattern) {
  const plain = pattern.replace(/\/(?:\*\*)?$/, "");
  if (/[*?[]/.test(plain)) throw new Error(`--exclude ${pattern}: a pattern that is not supported`);
  return plain.startsWith("/")
    ? (path) => `/${path}/`.startsWith(`${plain}/`)
    : (path) => `/${path}/`.includes(`/${plain}/`);
}

/** `./public/` is `public`; what would lead out of the source is refused. */
function pathBelow(path) {
  const plain = normalize(path).replace(/\/$/, "");
  if (/^(?:\/|\.\.(?:\/|$))/.test(plain)) throw new Error(`${path}: not below the source`);
  return plain;
}

const destination = positionals.at(-1);
const sources = positionals.slice(0, -1);
const [source] = sources;
const list = values["files-from"];
if (!values.archive || destination === undefined || source === undefined)
  throw new Error("expected -a, sources and a destination");
if ((list !== undefined || !values.relative) && (sources.length > 1 || !/(?:^|\/)\.?$/.test(source)))
  throw new Error(`${sources.join(" ")}: expected one folder that ends with / or /.`);

const root = values.relative && list === undefined ? "." : source;
const excludes = [...(values.exclude ?? []), ...(values["exclude-from"] ?? []).flatMap(readLines)].map(
  parseExclude,
);

/** Paths below the root, each copied with all that it holds. */
function pathsToCopy(folder) {
  if (list !== undefined) return readLines(list).map(pathBelow);
  return values.relative ? sources.map(pathBelow) : readdirSync(folder);
}

// Once more before its after_script, gitlab-ci-local would bring a job's folder back to the work tree, so that artifacts of
// its script were lost. On GitLab they are not: only the first copy is made, into a folder that is empty.
const isFirst = !values.delete || !existsSync(destination) || readdirSync(destination).length === 0;
for (const path of isFirst ? pathsToCopy(root) : []) {
  const from = join(root, path);
  if (lstatSync(from, { throwIfNoEntry: false }) === undefined) {
    console.error(`rsync: link_stat "${from}" failed: No such file or directory`);
    process.exitCode = PARTIAL_TRANSFER;
    continue;
  }
  mkdirSync(dirname(join(destination, path)), { recursive: true });
  copy(from, join(destination, path));
}

/** As `cpSync` does, which takes twice as long: every job waits for it. Another job may make the same folder just now. */
function copy(from, to) {
  if (excludes.some((isExcluded) => isExcluded(relative(root, from)))) return;
  const stats = lstatSync(from);
  if (stats.isDirectory()) {
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) copy(join(from, name), join(to, name));
  } else if (stats.isSymbolicLink()) {
    rmSync(to, { force: true });
    symlinkSync(readlinkSync(from), to);
  } else {
    copyFileSync(from, to);
    utimesSync(to, stats.atime, stats.mtime);
  }
}
