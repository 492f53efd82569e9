import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ExcludeRule, parseExcludeRule } from "./exclude-rule.ts";

/** What is copied where. */
export interface RsyncOptions {
  readonly sources: readonly string[];
  readonly destination: string;
  /** `-R`: the sources keep their paths below the destination. */
  readonly relative: boolean;
  /** `--files-from`: paths below the one source, in place of all that it holds. */
  readonly files: readonly string[] | undefined;
  readonly excludes: readonly ExcludeRule[];
  /** `--delete --delete-excluded`: what the source lacks, or is excluded, goes. */
  readonly deletes: boolean;
}

/** Options that are not understood: exit code 1, as of rsync. */
export class SyntaxFault extends Error {}

const OPTIONS = {
  archive: { type: "boolean", short: "a" },
  recursive: { type: "boolean", short: "r" },
  relative: { type: "boolean", short: "R" },
  delete: { type: "boolean" },
  "delete-excluded": { type: "boolean" },
  exclude: { type: "string", multiple: true },
  "exclude-from": { type: "string", multiple: true },
  "files-from": { type: "string" },
} as const;

/**
 * Parses the arguments with which gitlab-ci-local calls rsync, and no others.
 *
 * @throws {SyntaxFault} for anything else, so that a new version of it cannot go wrong unnoticed
 */
export function parseRsyncOptions(argv: readonly string[]): RsyncOptions {
  const { values, positionals } = parseArguments(argv);
  const sources = positionals.slice(0, -1);
  const destination = positionals.at(-1);
  const list = values["files-from"];
  if (destination === undefined || sources.length === 0)
    throw new SyntaxFault("source or destination missing");
  if (!values.archive) throw new SyntaxFault("only archive mode (-a) is supported");
  if (values.delete !== values["delete-excluded"]) {
    throw new SyntaxFault("--delete and --delete-excluded are supported together only");
  }
  if (list !== undefined && !values.recursive) {
    throw new SyntaxFault("--files-from is supported with -r only");
  }
  const patterns = [...(values.exclude ?? []), ...(values["exclude-from"] ?? []).flatMap(readLines)];
  return {
    sources,
    destination,
    relative: values.relative === true,
    files: list === undefined ? undefined : readLines(list),
    excludes: patterns.map(parseExcludeRule),
    deletes: values.delete === true,
  };
}

function parseArguments(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new SyntaxFault(error instanceof Error ? error.message : String(error));
  }
}

function readLines(file: string): readonly string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !/^[#;]/.test(line));
}
