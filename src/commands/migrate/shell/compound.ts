import { type Cursor, isAtEnd, isWordEnd, peek, skipSpaces } from "./cursor.ts";
import { ShellSyntaxError } from "./script.ts";
import { readWord } from "./word.ts";

/** What ends a control structure, by the word that begins it. */
const CLOSING: Readonly<Record<string, string>> = {
  if: "fi",
  case: "esac",
  for: "done",
  while: "done",
  until: "done",
  select: "done",
  "{": "}",
  "(": ")",
  "[[": "]]",
};

/** The part before the body of a function. */
const FUNCTION = /^(?:function[ \t]+[\w.-]+(?:[ \t]*\(\))?|[\w.-]+[ \t]*\(\))/;

/** After these, a command begins. */
const BEFORE_COMMAND = /^(?:then|do|else|elif|if|while|until|!|\{)$/;

/** Whether a control structure, a group or a function begins here. */
export function startsCompound(cursor: Cursor): boolean {
  const rest = cursor.text.slice(cursor.at);
  return /^(?:(?:if|case|for|while|until|select|function|\{|\[\[|!)(?=\s)|\(|[\w.-]+[ \t]*\(\))/.test(rest);
}

/**
 * Passes over one, up to what separates it from the next statement.
 *
 * @throws {ShellSyntaxError} for one that does not end
 */
export function skipCompound(cursor: Cursor): void {
  const open: string[] = [];
  let isCommand = true;
  for (;;) {
    skipSpaces(cursor);
    if (isAtEnd(cursor)) {
      if (open.length > 0) throw new ShellSyntaxError(`${open.at(-1)} is missing`);
      return;
    }
    if (open.length === 0 && isStatementEnd(cursor)) return;
    isCommand = skipToken(cursor, open, isCommand);
  }
}

function isStatementEnd({ text, at }: Cursor): boolean {
  return /^(?:\n|;|&&|\|\||&(?![>])|\))/.test(text.slice(at));
}

/** @returns whether a command may begin behind it */
function skipToken(cursor: Cursor, open: string[], isCommand: boolean): boolean {
  const next = peek(cursor);
  if (next === "(" || next === ")") return skipParenthesis(cursor, open);
  if (isWordEnd(cursor)) {
    cursor.at += 1;
    return true;
  }
  const [name] = (isCommand && FUNCTION.exec(cursor.text.slice(cursor.at))) || [];
  if (name !== undefined) {
    cursor.at += name.length;
    return true;
  }
  const { raw } = readWord(cursor);
  if (raw === open.at(-1) && (isCommand || raw === "]]")) {
    open.pop();
    return false;
  }
  const closing = isCommand ? CLOSING[raw] : undefined;
  if (closing !== undefined) open.push(closing);
  return isCommand && BEFORE_COMMAND.test(raw);
}

/** Within `case`, a parenthesis ends a pattern. */
function skipParenthesis(cursor: Cursor, open: string[]): boolean {
  const isOpening = peek(cursor) === "(";
  cursor.at += 1;
  if (open.at(-1) === "esac" && !isOpening) return true;
  if (isOpening) open.push(")");
  else if (open.pop() !== ")") throw new ShellSyntaxError("a parenthesis too many");
  return isOpening;
}
