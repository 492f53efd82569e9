/** A file's text with what is needed to find and to change places in it. */
export interface Source {
  /** Without the byte order mark. */
  readonly text: string;
  readonly mark: "" | "\ufeff";
  readonly lineBreak: "\n" | "\r\n";
  /** From 1. */
  readonly lineOf: (offset: number) => number;
  /** Where the line of an offset begins, and where the next one does. */
  readonly lineStart: (offset: number) => number;
  readonly lineEnd: (offset: number) => number;
}

/** Takes a file as it is read, with its byte order mark if it has one. */
export function createSource(contents: string): Source {
  const mark = contents.startsWith("\ufeff") ? "\ufeff" : "";
  const text = contents.slice(mark.length);
  const lineStart = (offset: number): number => (offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1);
  return {
    text,
    mark,
    lineBreak: /\r\n/.test(text) ? "\r\n" : "\n",
    lineOf: (offset) => text.slice(0, offset).split("\n").length,
    lineStart,
    lineEnd: (offset) => {
      const end = text.indexOf("\n", offset);
      return end < 0 ? text.length : end + 1;
    },
  };
}

/** Characters that make way for others; an empty range inserts. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Where a node ends, without blank lines and comments that follow it. */
export function endOf({ text }: Source, from: number, to: number): number {
  const lines = text.slice(from, to).split("\n");
  while (lines.length > 1 && /^\s*$/.test(lines.at(-1) ?? "")) lines.pop();
  return from + lines.join("\n").length;
}
