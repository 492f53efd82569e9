import { skipCompound, startsCompound } from "./compound.ts";
import { type Cursor, type Heredoc, isAtEnd, isWordEnd, lineAt, peek, skipSpaces } from "./cursor.ts";
import { type Command, type Redirect, ShellSyntaxError, type Statement, type Word } from "./script.ts";
import { readWord } from "./word.ts";

/**
 * Reads a script as far as it can be told apart: simple commands with their words, redirects and pipelines. Control
 * structures are passed over whole.
 *
 * @throws {ShellSyntaxError}
 */
export function parseScript(text: string): readonly Statement[] {
  return readStatements({ text, at: 0, heredocs: [], read: readStatements }, "");
}

/** Reads to the end of the text, or to the closing parenthesis, which it passes. */
function readStatements(cursor: Cursor, end: "" | ")"): readonly Statement[] {
  const statements: Statement[] = [];
  let joinedBy: Statement["joinedBy"] = "";
  for (;;) {
    skipSeparators(cursor);
    if (isAtEnd(cursor)) {
      if (end !== "") throw new ShellSyntaxError("a parenthesis is not closed");
      return statements;
    }
    if (end !== "" && peek(cursor) === end) {
      cursor.at += 1;
      return statements;
    }
    const start = cursor.at;
    const statement = readStatement(cursor, joinedBy);
    if (cursor.at === start) throw new ShellSyntaxError(`unexpected ${peek(cursor)}`);
    statements.push(statement);
    joinedBy = readJoin(cursor);
  }
}

function skipSeparators(cursor: Cursor): void {
  for (;;) {
    skipSpaces(cursor);
    if (peek(cursor) === "\n") passLineBreak(cursor);
    else if (peek(cursor) === ";") cursor.at += 1;
    else return;
  }
}

/** The texts of here-documents begin behind the line that announces them. */
function passLineBreak(cursor: Cursor): void {
  cursor.at += 1;
  for (const heredoc of cursor.heredocs.splice(0)) heredoc.give(readHeredocText(cursor, heredoc));
}

function readHeredocText(cursor: Cursor, { delimiter, stripsTabs }: Heredoc): string {
  const lines: string[] = [];
  for (;;) {
    if (isAtEnd(cursor)) throw new ShellSyntaxError(`the here-document has no ${delimiter}`);
    const end = cursor.text.indexOf("\n", cursor.at);
    const line = cursor.text.slice(cursor.at, end < 0 ? undefined : end);
    cursor.at = end < 0 ? cursor.text.length : end + 1;
    const shown = stripsTabs ? line.replace(/^\t+/, "") : line;
    if (shown.trimEnd() === delimiter) return lines.join("\n");
    lines.push(shown);
  }
}

function readJoin(cursor: Cursor): Statement["joinedBy"] {
  skipSpaces(cursor);
  const join = cursor.text.slice(cursor.at, cursor.at + 2);
  if (join !== "&&" && join !== "||") return "";
  cursor.at += 2;
  return join;
}

function readStatement(cursor: Cursor, joinedBy: Statement["joinedBy"]): Statement {
  const start = cursor.at;
  const commands = startsCompound(cursor) ? undefined : readPipeline(cursor);
  if (commands === undefined) {
    cursor.at = start;
    skipCompound(cursor);
  }
  const end = cursor.at;
  const inBackground = peek(cursor) === "&" && cursor.text[cursor.at + 1] !== "&";
  if (inBackground) cursor.at += 1;
  if (cursor.heredocs.length > 0 && peek(cursor) === "\n") passLineBreak(cursor);
  const last = Math.max(end, cursor.text[cursor.at - 1] === "\n" ? cursor.at - 1 : cursor.at) - 1;
  return {
    commands: inBackground ? undefined : commands,
    raw: cursor.text.slice(start, end).trim(),
    firstLine: lineAt(cursor, start),
    lastLine: lineAt(cursor, Math.max(start, last)),
    joinedBy,
  };
}

/** @returns nothing for what turns out to be a function or a group */
function readPipeline(cursor: Cursor): readonly Command[] | undefined {
  const commands: Command[] = [];
  for (;;) {
    const command = readCommand(cursor);
    if (command === undefined) return undefined;
    if (command.words.length + command.redirects.length === 0)
      throw new ShellSyntaxError("a command is missing");
    commands.push(command);
    skipSpaces(cursor);
    if (peek(cursor) !== "|" || cursor.text[cursor.at + 1] === "|") return commands;
    cursor.at += 1;
    if (peek(cursor) === "&") cursor.at += 1;
    skipSeparators(cursor);
    if (startsCompound(cursor)) return undefined;
  }
}

function readCommand(cursor: Cursor): Command | undefined {
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  for (;;) {
    skipSpaces(cursor);
    const redirect = readRedirect(cursor);
    if (redirect !== undefined) redirects.push(redirect);
    else if (peek(cursor) === "(") return undefined;
    else if (isWordEnd(cursor)) return { words, redirects };
    else words.push(readWord(cursor));
  }
}

const REDIRECT = /\d*(?:&>>?|<<<|<<-?|>>|>&|<&|>\||<>|[<>](?!\())/y;

function readRedirect(cursor: Cursor): Redirect | undefined {
  REDIRECT.lastIndex = cursor.at;
  const [operator] = REDIRECT.exec(cursor.text) ?? [];
  if (operator === undefined) return undefined;
  cursor.at += operator.length;
  skipSpaces(cursor);
  const word = readWord(cursor);
  return /^\d*<<-?$/.test(operator) ? readHeredoc(cursor, operator, word) : { operator, target: word };
}

/** Its text is read when the line ends; quoted or not, it is taken as it stands, with its variables by name. */
function readHeredoc(cursor: Cursor, operator: string, delimiter: Word): Redirect {
  const target = { parts: [] as Word["parts"][number][], raw: "" };
  cursor.heredocs.push({
    delimiter: delimiter.raw.replaceAll(/['"\\]/g, ""),
    stripsTabs: operator.endsWith("-"),
    give: (text) => {
      target.raw = text;
      target.parts = [
        ...readWord({ text: `"${text.replaceAll('"', '\\"')}"`, at: 0, heredocs: [], read: cursor.read })
          .parts,
      ];
    },
  });
  return { operator: "<<", target };
}
