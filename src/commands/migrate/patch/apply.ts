import type { Edit } from "../pipeline/source.ts";

/** Sorts edits by position; drops duplicates, and edits inside a part that is removed. */
export function arrange(edits: readonly Edit[]): readonly Edit[] {
  const sorted = edits
    .map((edit, index) => ({ edit, index }))
    .filter(({ edit }) => edit.to > edit.from || edit.text !== "")
    .toSorted(
      (one, other) =>
        one.edit.from - other.edit.from ||
        Number(one.edit.to > one.edit.from) - Number(other.edit.to > other.edit.from) ||
        one.index - other.index,
    );
  const arranged: Edit[] = [];
  let end = 0;
  for (const { edit } of sorted) {
    if (edit.from < end) {
      const last = arranged.at(-1);
      if (edit.to <= end || last === undefined || edit.text !== "" || last.text !== "") continue;
      arranged.splice(-1, 1, { ...last, to: edit.to });
    } else if (
      !arranged.some(({ from, to, text }) => from === edit.from && to === edit.to && text === edit.text)
    )
      arranged.push(edit);
    end = Math.max(end, edit.to);
  }
  return arranged;
}

/** The text with all edits made. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const { from, to, text: added } of arrange(edits)) {
    result += text.slice(at, from) + added;
    at = to;
  }
  return result + text.slice(at);
}
