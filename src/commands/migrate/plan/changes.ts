import {
  type Entry,
  isMap,
  isScalar,
  isSeq,
  keyOf,
  mergedMaps,
  type Node,
  type Pair,
  type Pipeline,
  pairOf,
  rangeOf,
  textsOf,
  type YAMLMap,
} from "../pipeline/pipeline.ts";
import { type Edit, endOf } from "../pipeline/source.ts";

/** Takes whole lines out, from that of one place to that of another. */
export function removeLines({ source }: Pipeline, from: number, to: number): Edit {
  const end = endOf(source, from, to);
  return { from: source.lineStart(from), to: source.lineEnd(Math.max(from, end - 1)), text: "" };
}

/** Takes a key and its value out. */
export function removePair(pipeline: Pipeline, { key, value }: Pair): Edit {
  const [from, keyEnd] = rangeOf(key);
  const to = value === null || value === undefined ? keyEnd : rangeOf(value)[1];
  return removeLines(pipeline, from, to);
}

/** Takes a job out, and the blank lines behind it. */
export function removeEntry(pipeline: Pipeline, pair: Pair): Edit {
  const edit = removePair(pipeline, pair);
  const { text } = pipeline.source;
  const [blank = ""] = /^(?:[ \t]*\r?\n)+/.exec(text.slice(edit.to)) ?? [];
  return { ...edit, to: edit.to + blank.length };
}

/** Puts lines before the line of a place. */
export function insertBefore({ source }: Pipeline, at: number, lines: readonly string[]): Edit {
  const from = source.lineStart(at);
  return { from, to: from, text: lines.map((line) => `${line}${source.lineBreak}`).join("") };
}

/** Puts lines behind the line of a place, which may be the last, without a line break. */
export function insertAfter({ source }: Pipeline, end: number, lines: readonly string[]): Edit {
  const from = source.lineEnd(Math.max(0, end - 1));
  const isOpen = from > 0 && source.text[from - 1] !== "\n";
  const text = lines.join(source.lineBreak);
  return { from, to: from, text: isOpen ? source.lineBreak + text : text + source.lineBreak };
}

/** The blanks before a place on its line. */
export function indentOf({ source }: Pipeline, at: number): string {
  return " ".repeat(at - source.lineStart(at));
}

/** Where the first key of a map stands. */
export function firstKey(map: YAMLMap): number {
  return Math.min(...map.items.map(({ key }) => rangeOf(key)[0]));
}

/** Whether a map is written in braces, on which no line can be put. */
export function isInline({ flow }: { readonly flow?: boolean | undefined }): boolean {
  return flow === true;
}

/** Lets a job extend hidden jobs besides those that it does, before them, so that theirs goes before. */
export function extendWith(pipeline: Pipeline, { map }: Entry, names: readonly string[]): Edit | undefined {
  if (map === undefined || isInline(map)) return undefined;
  const pair = pairOf(map, "extends");
  const value = pair?.value as Node | undefined;
  if (pair === undefined || value === undefined) {
    const inherited = mergedMaps(pipeline, map).flatMap((each) =>
      textsOf(pipeline.document, pairOf(each, "extends")?.value),
    );
    return insertBefore(pipeline, firstKey(map), [
      `${indentOf(pipeline, firstKey(map))}extends: ${renderNames([...names, ...inherited])}`,
    ]);
  }
  const [from, to] = rangeOf(value);
  // `extends:` with nothing behind it.
  if (isScalar(value) && value.value === null)
    return { from, to, text: `${from === to ? " " : ""}${renderNames(names)}` };
  if (isScalar(value)) return { from, to, text: renderNames([...names, String(value.value)]) };
  if (!isSeq(value)) return undefined;
  if (isInline(value)) return { from: from + 1, to: from + 1, text: `${names.join(", ")}, ` };
  return insertBefore(
    pipeline,
    from,
    names.map((name) => `${indentOf(pipeline, from)}- ${name}`),
  );
}

function renderNames(names: readonly string[]): string {
  const [only, ...others] = names;
  return others.length === 0 && only !== undefined ? only : `[${names.join(", ")}]`;
}

/** Takes keys out of a map below an entry, and the map too where nothing is left of it. */
export function removeKeys(pipeline: Pipeline, pair: Pair, names: ReadonlySet<string>): readonly Edit[] {
  const { value } = pair;
  if (!isMap(value)) return [];
  const gone = value.items.filter((each) => names.has(keyOf(each) ?? ""));
  if (gone.length === 0) return [];
  if (gone.length === value.items.length) return [removePair(pipeline, pair)];
  return isInline(value) ? [] : gone.map((each) => removePair(pipeline, each));
}
