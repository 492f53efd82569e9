import type { Statement } from "./script.ts";

/** A text that follows the line. */
export interface Heredoc {
  readonly delimiter: string;
  readonly stripsTabs: boolean;
  readonly give: (text: string) => void;
}

/** A place in a script, moved on by whoever reads. */
export interface Cursor {
  readonly text: string;
  at: number;
  /** Announced on this line; their texts follow it. */
  readonly heredocs: Heredoc[];
  /** Reads the inside of `$(…)`, for which words and commands need each other. */
  readonly read: (cursor: Cursor, end: "" | ")") => readonly Statement[];
}

export function isAtEnd({ text, at }: Cursor): boolean {
  return at >= text.length;
}

export function peek({ text, at }: Cursor): string {
  return text[at] ?? "";
}

/** Passes blanks, continued lines and a comment. */
export function skipSpaces(cursor: Cursor): void {
  const [blanks = ""] = /^(?:[ \t\r]|\\\r?\n)*(?:#[^\n]*)?/.exec(cursor.text.slice(cursor.at)) ?? [];
  cursor.at += blanks.length;
}

/** Whether no word can go on here. */
export function isWordEnd(cursor: Cursor): boolean {
  return (
    isAtEnd(cursor) ||
    /[\s;&|)]/.test(peek(cursor)) ||
    (/[<>]/.test(peek(cursor)) && !/^[<>]\(/.test(cursor.text.slice(cursor.at, cursor.at + 2)))
  );
}

export function lineAt({ text }: Cursor, at: number): number {
  return text.slice(0, at).split("\n").length - 1;
}
