import { type Cursor, isAtEnd, isWordEnd, peek, skipSpaces } from "./cursor.ts";
import { type Part, ShellSyntaxError, type Word } from "./script.ts";

/**
 * Reads one word.
 *
 * @throws {ShellSyntaxError} for quotes and brackets that are not closed
 */
export function readWord(cursor: Cursor): Word {
  const start = cursor.at;
  const parts: Part[] = [];
  while (!isWordEnd(cursor)) {
    const part = readPart(cursor, start);
    if (Array.isArray(part)) parts.push(...part);
    else parts.push(part);
  }
  return { parts: joinTexts(parts), raw: cursor.text.slice(start, cursor.at) };
}

function joinTexts(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === "text" && last?.kind === "text")
      joined.splice(-1, 1, { kind: "text", text: last.text + part.text });
    else joined.push(part);
  }
  return joined;
}

function readPart(cursor: Cursor, start: number): Part | Part[] {
  const { text, at } = cursor;
  switch (text[at]) {
    case "'":
      return { kind: "text", text: readTo(cursor, "'", 1) };
    case '"':
      return readDoubleQuotes(cursor);
    case "\\":
      cursor.at += text.startsWith("\\\r\n", at) ? 3 : 2;
      return {
        kind: "text",
        text: text[at + 1] === "\n" || text[at + 1] === "\r" ? "" : (text[at + 1] ?? ""),
      };
    case "$":
    case "`":
      return readExpansion(cursor);
    case "<":
    case ">":
      cursor.at += 2;
      return { kind: "commands", statements: cursor.read(cursor, ")") };
    case "(":
      if (text[at - 1] === "=" && at > start) return readArray(cursor);
      throw new ShellSyntaxError("a parenthesis within a word");
    default:
      return { kind: "text", text: readPlain(cursor) };
  }
}

function readPlain(cursor: Cursor): string {
  const [plain = ""] = /^[^\s;&|<>()'"\\$`]+/.exec(cursor.text.slice(cursor.at)) ?? [];
  cursor.at += plain.length;
  return plain;
}

/** Reads from behind the opening characters to the closing one, and passes that. */
function readTo(cursor: Cursor, closing: string, opening: number): string {
  const from = cursor.at + opening;
  const end = cursor.text.indexOf(closing, from);
  if (end < 0) throw new ShellSyntaxError(`${closing} is missing`);
  cursor.at = end + closing.length;
  return cursor.text.slice(from, end);
}

function readArray(cursor: Cursor): Part {
  cursor.at += 1;
  const words: Word[] = [];
  for (;;) {
    skipSpaces(cursor);
    if (peek(cursor) === "\n") cursor.at += 1;
    else if (peek(cursor) === ")") break;
    else if (isWordEnd(cursor)) throw new ShellSyntaxError("an array is not closed");
    else words.push(readWord(cursor));
  }
  cursor.at += 1;
  return { kind: "array", words };
}

function readDoubleQuotes(cursor: Cursor): Part[] {
  cursor.at += 1;
  const parts: Part[] = [];
  while (peek(cursor) !== '"') {
    if (isAtEnd(cursor)) throw new ShellSyntaxError('" is missing');
    parts.push(readQuotedPart(cursor));
  }
  cursor.at += 1;
  return parts;
}

function readQuotedPart(cursor: Cursor): Part {
  const next = peek(cursor);
  if (next === "$" || next === "`") return readExpansion(cursor);
  if (next === "\\") {
    const escaped = cursor.text[cursor.at + 1] ?? "";
    cursor.at += 2;
    if (escaped === "\n") return { kind: "text", text: "" };
    return { kind: "text", text: /["\\$`]/.test(escaped) ? escaped : `\\${escaped}` };
  }
  const [plain = ""] = /^[^"\\$`]+/.exec(cursor.text.slice(cursor.at)) ?? [];
  cursor.at += plain.length;
  return { kind: "text", text: plain };
}

/** What begins with `$` or a backtick. */
function readExpansion(cursor: Cursor): Part {
  const rest = cursor.text.slice(cursor.at);
  if (rest.startsWith("`")) return readBackticks(cursor);
  // GitLab puts an input there before any shell sees it, as it does with variables elsewhere.
  if (rest.startsWith("$[["))
    return { kind: "variable", name: `[[${readTo(cursor, "]]", 3)}]]`, operator: "" };
  if (rest.startsWith("$((")) return { kind: "other", text: readTo(cursor, "))", 3) };
  if (rest.startsWith("$(")) {
    cursor.at += 2;
    return { kind: "commands", statements: cursor.read(cursor, ")") };
  }
  if (rest.startsWith("${")) return readBraces(cursor);
  if (rest.startsWith("$'")) return { kind: "text", text: readTo(cursor, "'", 2) };
  const [whole = "$", name] = /^\$([A-Za-z_]\w*|[\d@*#?$!-])/.exec(rest) ?? [];
  cursor.at += whole.length;
  return name === undefined ? { kind: "text", text: whole } : { kind: "variable", name, operator: "" };
}

function readBackticks(cursor: Cursor): Part {
  const [whole] = /^`((?:[^`\\]|\\[\s\S])*)`/.exec(cursor.text.slice(cursor.at)) ?? [];
  if (whole === undefined) throw new ShellSyntaxError("` is missing");
  cursor.at += whole.length;
  const text = whole.slice(1, -1).replaceAll(/\\([`\\$])/g, "$1");
  return { kind: "commands", statements: cursor.read({ ...cursor, text, at: 0, heredocs: [] }, "") };
}

function readBraces(cursor: Cursor): Part {
  const start = cursor.at;
  let depth = 0;
  do {
    if (isAtEnd(cursor)) throw new ShellSyntaxError("} is missing");
    if (peek(cursor) === "{") depth += 1;
    if (peek(cursor) === "}") depth -= 1;
    const [skipped] = /^(?:\\[\s\S]|"[^"]*"|'[^']*')/.exec(cursor.text.slice(cursor.at)) ?? [];
    cursor.at += skipped?.length ?? 1;
  } while (depth > 0 || cursor.at === start + 1);
  const inside = cursor.text.slice(start + 2, cursor.at - 1);
  const [, name, operator = ""] = /^([A-Za-z_]\w*|[\d@*#?$!-])([\s\S]*)$/.exec(inside) ?? [];
  return name === undefined ? { kind: "other", text: inside } : { kind: "variable", name, operator };
}
