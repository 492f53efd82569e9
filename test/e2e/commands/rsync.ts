import {
  chmodSync,
  copyFileSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseRsyncOptions, type RsyncOptions, SyntaxFault } from "./rsync-options.ts";

/*
 * Stands in for rsync, as far as gitlab-ci-local uses it: copies files, directories and symbolic links with their modes and
 * times (and owners, for root), on one machine.
 */

/** Exit codes of rsync(1). */
const SYNTAX_ERROR = 1;
const FILE_IO_ERROR = 11;
const PARTIAL_TRANSFER = 23;

/** A folder below which paths keep their names, and those of them to copy with all that they hold. */
interface Transfer {
  readonly root: string;
  readonly paths: readonly string[];
}

class Copier {
  readonly #options: RsyncOptions;
  readonly #faults: string[] = [];

  constructor(options: RsyncOptions) {
    this.#options = options;
  }

  /** @returns what could not be copied */
  run(): readonly string[] {
    const { destination } = this.#options;
    if (lstatSync(destination, { throwIfNoEntry: false }) === undefined) mkdirSync(destination);
    for (const { root, paths } of transfersOf(this.#options)) {
      for (const path of paths) this.#copyNamed(root, path);
    }
    return this.#faults;
  }

  /** A path that was asked for comes with the directories that lead to it. */
  #copyNamed(root: string, path: string): void {
    const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
    const lineage = lineageOf(path);
    if (stats === undefined)
      this.#faults.push(`link_stat "${join(root, path)}" failed: No such file or directory`);
    else if (!lineage.some((ancestor) => this.#isExcluded(ancestor, true))) {
      const times = lineage.map((ancestor) => this.#makeDirectory(root, ancestor));
      this.#copy(root, path);
      for (const setTimes of times.reverse()) setTimes();
    }
  }

  #copy(root: string, path: string): void {
    const stats = lstatSync(join(root, path));
    if (path !== "." && this.#isExcluded(path, stats.isDirectory())) return;
    if (stats.isDirectory()) this.#copyDirectory(root, path);
    else if (stats.isFile() || stats.isSymbolicLink()) this.#copyFile(root, path, stats);
    else this.#faults.push(`"${join(root, path)}" is neither a file, a directory nor a symbolic link`);
  }

  #copyDirectory(root: string, path: string): void {
    const setTimes = this.#makeDirectory(root, path);
    const names = readdirSync(join(root, path));
    if (this.#options.deletes) this.#deleteOthers(root, path, names);
    for (const name of names) this.#copy(root, join(path, name));
    setTimes();
  }

  /** @returns what sets its times, once all that it holds is there */
  #makeDirectory(root: string, path: string): () => void {
    const stats = lstatSync(join(root, path));
    const target = join(this.#options.destination, path);
    const existing = lstatSync(target, { throwIfNoEntry: false });
    if (existing?.isDirectory() !== true) {
      rmSync(target, { force: true });
      mkdirSync(target);
    }
    setOwner(target, stats);
    chmodSync(target, stats.mode & 0o7777);
    return () => utimesSync(target, stats.atime, stats.mtime);
  }

  #copyFile(root: string, path: string, stats: Stats): void {
    const source = join(root, path);
    const target = join(this.#options.destination, path);
    this.#makeWay(target);
    if (stats.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else copyFileSync(source, target);
    setOwner(target, stats);
    if (!stats.isSymbolicLink()) chmodSync(target, stats.mode & 0o7777);
    lutimesSync(target, stats.atime, stats.mtime);
  }

  #makeWay(target: string): void {
    const isDirectory = lstatSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
    if (isDirectory && !this.#options.deletes) rmdirSync(target);
    else rmSync(target, { force: true, recursive: true });
  }

  #deleteOthers(root: string, path: string, names: readonly string[]): void {
    const kept = new Set(names.filter((name) => !this.#isExcludedName(root, join(path, name))));
    for (const name of readdirSync(join(this.#options.destination, path))) {
      if (!kept.has(name))
        rmSync(join(this.#options.destination, path, name), { force: true, recursive: true });
    }
  }

  #isExcludedName(root: string, path: string): boolean {
    return this.#isExcluded(path, lstatSync(join(root, path)).isDirectory());
  }

  #isExcluded(path: string, isDirectory: boolean): boolean {
    return this.#options.excludes.some((rule) => rule(path, isDirectory));
  }
}

function transfersOf({ sources, files, relative }: RsyncOptions): readonly Transfer[] {
  const [root, ...others] = sources;
  if (files !== undefined) {
    if (root === undefined || others.length > 0) throw new SyntaxFault("--files-from takes one source");
    return [{ root, paths: files.map(relativePath) }];
  }
  if (relative) return [{ root: ".", paths: sources.map(relativePath) }];
  const named = sources.find((source) => !/(?:^|\/)\.?$/.test(source));
  if (named !== undefined) throw new SyntaxFault(`${named}: a source ends with / or /. unless -R is given`);
  return sources.map((source) => ({ root: source, paths: ["."] }));
}

/** `./public/` is `public`, and what would lead out of the root is refused. */
function relativePath(path: string): string {
  const plain = normalize(path).replace(/(?<=.)\/$/, "");
  if (plain.startsWith("/") || plain.split("/").includes("..")) {
    throw new SyntaxFault(`${path}: only paths below the working folder are supported`);
  }
  return plain;
}

/** The directories above a path: `a` and `a/b` of `a/b/c`. */
function lineageOf(path: string): readonly string[] {
  const above = dirname(path);
  return above === "." ? [] : [...lineageOf(above), above];
}

function setOwner(target: string, { uid, gid }: Stats): void {
  if (process.getuid?.() === 0) lchownSync(target, uid, gid);
}

function run(argv: readonly string[]): number {
  const faults = new Copier(parseRsyncOptions(argv)).run();
  for (const fault of faults) console.error(`rsync: ${fault}`);
  return faults.length > 0 ? PARTIAL_TRANSFER : 0;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  console.error(`rsync: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof SyntaxFault ? SYNTAX_ERROR : FILE_IO_ERROR;
}
