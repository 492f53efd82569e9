import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Source } from "./source.ts";

/** A job, a hidden job, `default`, or the file itself for its top-level keywords. */
export interface Entry {
  readonly name: string;
  readonly kind: "job" | "hidden" | "default" | "global" | "fragment";
  /** Absent for a fragment: a list or a text that others use by an alias. */
  readonly map: YAMLMap | undefined;
  readonly pair: Pair | undefined;
}

/** A file that GitLab would read too. */
export interface Pipeline {
  readonly source: Source;
  readonly document: Document;
  readonly root: YAMLMap;
  readonly entries: readonly Entry[];
}

/** Why a file cannot be read. */
export interface Unreadable {
  readonly line: number;
  readonly found: string;
}

/** Top-level keys that are no jobs. */
const KEYWORDS =
  /^(?:include|default|variables|stages|workflow|spec|image|services|cache|before_script|after_script|types|\$schema)$/;

/** Reads the jobs of a file; of several documents, the last, since the first is its header. */
export function readPipeline(source: Source): Pipeline | Unreadable {
  const documents = parseAllDocuments(source.text, { uniqueKeys: false, logLevel: "silent", merge: false });
  const all = Array.isArray(documents) ? documents : [];
  const error = all.flatMap(({ errors }) => errors)[0];
  if (error !== undefined) {
    return {
      line: error.linePos?.[0].line ?? 1,
      // What follows a colon is text of the file, which may be a secret.
      found: (error.message.split(/ at line \d|:\s|\n/)[0] ?? "").trim(),
    };
  }
  const document = all.filter(({ contents }) => contents !== null).at(-1);
  if (document === undefined) return { line: 1, found: "The file is empty" };
  if (!isMap(document.contents)) return { line: 1, found: "The file is not a map of jobs" };
  const root = document.contents as YAMLMap;
  return { source, document: document as Document, root, entries: readEntries(root) };
}

function readEntries(root: YAMLMap): readonly Entry[] {
  const named = root.items.flatMap((pair) => toEntry(pair) ?? []);
  // Of two with one name, GitLab takes the last.
  const last = new Map(named.map((entry) => [entry.name, entry]));
  const kept = named.filter((entry) => last.get(entry.name) === entry);
  return [{ name: "all jobs", kind: "global", map: root, pair: undefined }, ...kept];
}

function toEntry(pair: Pair): Entry | undefined {
  const name = keyOf(pair);
  if (name === undefined) return undefined;
  const map = isMap(pair.value) ? pair.value : undefined;
  if (name === "default") return map && { name, kind: "default", map, pair };
  if (KEYWORDS.test(name)) return undefined;
  if (map !== undefined) return { name, kind: name.startsWith(".") ? "hidden" : "job", map, pair };
  return isScalar(pair.value) || isSeq(pair.value)
    ? { name, kind: "fragment", map: undefined, pair }
    : undefined;
}

export function keyOf({ key }: Pair): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

/** A key of a map, the last where it is there twice; merged maps are not looked into. */
export function pairOf(map: YAMLMap | undefined, name: string): Pair | undefined {
  return map?.items.findLast((pair) => keyOf(pair) === name);
}

/** The value of a key, aliases resolved. */
export function lookUp({ document }: Pipeline, map: YAMLMap | undefined, name: string): Node | undefined {
  return resolve(document, pairOf(map, name)?.value);
}

export function resolve(document: Document, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(document) as Node | undefined;
  return isNode(node) ? node : undefined;
}

export function textOf(node: unknown): string | undefined {
  return isScalar(node) && node.value !== null ? String(node.value) : undefined;
}

/** One text, or a list of them; `undefined` for anything else. */
export function textsOf(document: Document, node: unknown): readonly string[] {
  const value = resolve(document, node);
  const text = textOf(value);
  if (text !== undefined) return [text];
  return isSeq(value) && value.tag !== "!reference"
    ? value.items.flatMap((item) => textOf(resolve(document, item)) ?? [])
    : [];
}

/** Where a node stands, from its first character to the one behind its last. */
export function rangeOf(node: unknown): readonly [number, number] {
  const range = isNode(node) ? node.range : undefined;
  if (range === undefined || range === null) throw new Error("a node that was not read from a file");
  return [range[0], range[1]];
}

/** What a `!reference` names. */
export function referenceOf(node: unknown): readonly string[] | undefined {
  return isSeq(node) && node.tag === "!reference" ? node.items.map((item) => textOf(item) ?? "") : undefined;
}

/** The maps that `<<` brings in. */
export function mergedMaps({ document }: Pipeline, map: YAMLMap): readonly YAMLMap[] {
  const merged = map.items.filter((pair) => keyOf(pair) === "<<").map(({ value }) => value);
  const each = merged.flatMap((value) => (isSeq(value) ? value.items : [value]));
  return each.map((node) => resolve(document, node)).filter((node) => isMap(node));
}

/** Every alias of a file that stands for this node. */
export function aliasesOf({ document, root }: Pipeline, target: Node): readonly Node[] {
  const found: Node[] = [];
  visit(root, {
    Alias: (_, alias) => {
      if (alias.resolve(document) === target) found.push(alias);
    },
  });
  return found;
}

export {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
};
