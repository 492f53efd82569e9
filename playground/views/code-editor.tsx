import type { Ref } from "preact";
import type { TextRange } from "../policy-text/json-places.ts";

/** Something to mark in a text: where, how, and its number in the list below. */
export interface EditorMark extends TextRange {
  readonly kind: "never-matches" | "too-wide" | "style" | "broken";
  readonly number: number;
}

interface EditorProps {
  readonly label: string;
  readonly text: string;
  readonly placeholder: string;
  readonly marks: readonly EditorMark[];
  readonly onInput: (area: HTMLTextAreaElement) => void;
  readonly area: Ref<HTMLTextAreaElement>;
}

/** A text area over its own lines, which have numbers and marks: it wraps and grows with them. */
export function CodeEditor({ label, text, placeholder, marks, onInput, area }: EditorProps) {
  return (
    <div class="editor">
      <div class="editor-lines" aria-hidden="true">
        {splitLines(text).map((line, index) => (
          <Line key={index} {...line} marks={marks.filter((mark) => touches(mark, line))} />
        ))}
      </div>
      <textarea
        ref={area}
        aria-label={label}
        value={text}
        placeholder={placeholder}
        rows={8}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => onInput(event.currentTarget)}
      />
    </div>
  );
}

interface LineOfText extends TextRange {
  readonly text: string;
}

function splitLines(text: string): readonly LineOfText[] {
  let from = 0;
  return text.split("\n").map((line) => {
    const place = { text: line, from, to: from + line.length };
    from = place.to + 1;
    return place;
  });
}

/** For anything longer than this, only the first line is marked, or everything would be. */
const MAX_MARKED = 400;

function touches({ from, to }: EditorMark, line: TextRange): boolean {
  const isLong = to - from > MAX_MARKED;
  return isLong ? from >= line.from && from <= line.to : from <= line.to && to > line.from;
}

function Line({ text, from, to, marks }: LineOfText & { readonly marks: readonly EditorMark[] }) {
  const begun = marks.filter((mark) => mark.from >= from && mark.from <= to);
  const [first] = marks;
  const numbers = begun.map(({ number }) => number).filter((number) => number > 0);
  return (
    <div class="line">
      {numbers.length > 0 && <span class={`badge ${begun[0]?.kind}`}>{numbers.join(" ")}</span>}
      {first === undefined ? text || "\u200b" : <Marked text={text} from={from} mark={first} />}
    </div>
  );
}

/** Leaves out the white space around what is marked. */
function Marked({
  text,
  from,
  mark,
}: {
  readonly text: string;
  readonly from: number;
  readonly mark: EditorMark;
}) {
  const margin = text.length - text.trimStart().length;
  const start = Math.max(margin, mark.from - from);
  const end = Math.max(start, Math.min(text.trimEnd().length, mark.to - from));
  return (
    <>
      {text.slice(0, start)}
      <span class={`mark ${mark.kind}`}>{text.slice(start, end) || " "}</span>
      {text.slice(end)}
    </>
  );
}
