import type { Edit, Source } from "../pipeline/source.ts";
import { applyEdits, arrange } from "./apply.ts";

/** Unchanged lines around a change, which locate it. */
const CONTEXT = 3;

/** Lines that go and lines that come, from a line on, counted from 0. */
interface Block {
  readonly first: number;
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** A patch, or the line that it would have to show and must not. */
export type Diff =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly line: number };

/**
 * Writes edits as a unified diff for `git apply`.
 *
 * @param isSecret tells of a line that must not be shown, neither as changed nor around a change
 */
export function renderDiff(
  source: Source,
  edits: readonly Edit[],
  { path, isSecret }: { readonly path: string; readonly isSecret: (line: string) => boolean },
): Diff {
  const lines = splitLines(source.mark + source.text);
  const blocks = toBlocks(source, edits, lines);
  const hunks: string[] = [];
  let shift = 0;
  for (const group of groupBlocks(blocks, (from, to) => lines.slice(from, to).some(isSecret))) {
    const hunk = toHunk(lines, group, isSecret);
    if (typeof hunk === "number") return { ok: false, line: hunk + 1 };
    hunks.push(header(hunk, shift) + hunk.body);
    shift += hunk.added - hunk.removed;
  }
  const text = `--- ${nameOf(`a/${path}`)}\n+++ ${nameOf(`b/${path}`)}\n${hunks.join("")}`;
  return { ok: true, text: hunks.length === 0 ? "" : text };
}

/** A path as git reads it: it could otherwise end early, or go on as a line of the patch. */
function nameOf(path: string): string {
  const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  if (/[^\x20-\u{10ffff}]|\x7f/u.test(path))
    return `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll(/[^\x20-\u{10ffff}]|\x7f/gu, octal)}"`;
  return path.includes(" ") ? `${path}\t` : path;
}

/** Each line with its line break, which the last may lack. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Edits and the whole lines that they touch. */
interface Region {
  readonly from: number;
  readonly to: number;
  readonly edits: readonly Edit[];
}

/** The lines that one edit touches: none, if it only puts whole lines between two others. */
function regionOf({ text, lineStart, lineEnd }: Source, edit: Edit): Region {
  const isAtStart = (offset: number): boolean => offset === 0 || text[offset - 1] === "\n";
  const isWhole =
    isAtStart(edit.from) && isAtStart(edit.to) && (edit.text === "" || edit.text.endsWith("\n"));
  return { from: lineStart(edit.from), to: isWhole ? edit.to : lineEnd(edit.to), edits: [edit] };
}

/** Edits that share a line are one. */
function toRegions(source: Source, edits: readonly Edit[]): readonly Region[] {
  const regions: Region[] = [];
  for (const region of arrange(edits).map((edit) => regionOf(source, edit))) {
    const last = regions.at(-1);
    if (last === undefined || region.from >= last.to) regions.push(region);
    else
      regions.splice(-1, 1, {
        from: last.from,
        to: Math.max(last.to, region.to),
        edits: [...last.edits, ...region.edits],
      });
  }
  return regions;
}

/** Edits as whole lines. */
function toBlocks(source: Source, edits: readonly Edit[], lines: readonly string[]): readonly Block[] {
  const { text, mark, lineOf, lineEnd } = source;
  const blocks = toRegions(source, edits).map((region) => {
    // The mark belongs to the line that comes first afterwards.
    const isMarked = mark !== "" && region.from === 0;
    const to = isMarked && region.to === 0 ? lineEnd(0) : region.to;
    const moved = region.edits.map((edit) => ({
      ...edit,
      from: edit.from - region.from,
      to: edit.to - region.from,
    }));
    const come = applyEdits(text.slice(region.from, to), moved);
    const first = lineOf(region.from) - 1;
    const size = splitLines(text.slice(region.from, to)).length;
    return trim({
      first,
      gone: lines.slice(first, first + size),
      come: splitLines(isMarked ? mark + come : come),
    });
  });
  return blocks.filter(({ gone, come }) => gone.length + come.length > 0);
}

/** Lines that are the same before and after are no change. */
function trim({ first, gone, come }: Block): Block {
  let head = 0;
  while (head < gone.length && head < come.length && gone[head] === come[head]) head += 1;
  let tail = 0;
  while (
    tail < gone.length - head &&
    tail < come.length - head &&
    gone[gone.length - 1 - tail] === come[come.length - 1 - tail]
  )
    tail += 1;
  return {
    first: first + head,
    gone: gone.slice(head, gone.length - tail),
    come: come.slice(head, come.length - tail),
  };
}

/** Changes whose surroundings would touch go into one hunk, unless there is a secret between them. */
function groupBlocks(
  blocks: readonly Block[],
  isParted: (from: number, to: number) => boolean,
): readonly (readonly Block[])[] {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const last = groups.at(-1)?.at(-1);
    const end = last === undefined ? 0 : last.first + last.gone.length;
    if (last !== undefined && block.first - end <= 2 * CONTEXT && !isParted(end, block.first))
      groups.at(-1)?.push(block);
    else groups.push([block]);
  }
  return groups;
}

interface Hunk {
  readonly start: number;
  readonly removed: number;
  readonly added: number;
  readonly body: string;
}

/** @returns the index of the line that must not be shown, where there is no way around it */
function toHunk(
  lines: readonly string[],
  blocks: readonly Block[],
  isSecret: (line: string) => boolean,
): Hunk | number {
  const [first, last] = [blocks[0] as Block, blocks.at(-1) as Block];
  const end = last.first + last.gone.length;
  let start = first.first;
  while (start > 0 && first.first - start < CONTEXT && !isSecret(lines[start - 1] ?? "")) start -= 1;
  let stop = end;
  while (stop < lines.length && stop - end < CONTEXT && !isSecret(lines[stop] ?? "")) stop += 1;
  const shown = Array.from({ length: end - first.first }, (_, index) => first.first + index);
  const hidden = shown.find((index) => isSecret(lines[index] ?? ""));
  if (hidden !== undefined) return hidden;
  // Without a line behind it, git takes a hunk for the end of the file.
  if (stop === end && end < lines.length) return end;
  return { start, ...toBody(lines, blocks, [start, stop]) };
}

function toBody(
  lines: readonly string[],
  blocks: readonly Block[],
  [start, stop]: readonly [number, number],
): Omit<Hunk, "start"> {
  const body: string[] = [];
  let at = start;
  let removed = 0;
  let added = 0;
  const keep = (to: number): void => {
    for (; at < to; at += 1) body.push(mark(" ", lines[at] ?? ""));
  };
  for (const { first, gone, come } of blocks) {
    keep(first);
    body.push(...gone.map((line) => mark("-", line)), ...come.map((line) => mark("+", line)));
    at = first + gone.length;
    removed += gone.length;
    added += come.length;
  }
  keep(stop);
  const kept = body.length - removed - added;
  return { removed: removed + kept, added: added + kept, body: body.join("") };
}

function mark(sign: string, line: string): string {
  return line.endsWith("\n") ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}

function header({ start, removed, added }: Hunk, shift: number): string {
  const from = removed === 0 ? start : start + 1;
  const to = added === 0 ? start + shift : start + shift + 1;
  return `@@ -${from},${removed} +${to},${added} @@\n`;
}
