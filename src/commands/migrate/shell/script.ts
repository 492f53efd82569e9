/** A piece of a word, as the shell would expand it. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  /** `$NAME`, `${NAME}`; with an operator or an index, the text after the name: `:-main`, `[0]`. */
  | { readonly kind: "variable"; readonly name: string; readonly operator: string }
  /** `$(…)`, backticks, `<(…)` or the elements of an array. */
  | { readonly kind: "commands"; readonly statements: readonly Statement[] }
  | { readonly kind: "array"; readonly words: readonly Word[] }
  /** Arithmetic, and what else only a shell understands. */
  | { readonly kind: "other"; readonly text: string };

export interface Word {
  readonly parts: readonly Part[];
  /** As it is written. */
  readonly raw: string;
}

export interface Redirect {
  /** `>`, `>>`, `<`, `<<`, `<<<`; with the number of the stream, if one is written. */
  readonly operator: string;
  /** For `<<`, the text of the here-document. */
  readonly target: Word;
}

/** One program with its arguments. */
export interface Command {
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}

/** Commands joined by `|`, or something with a control structure in it, which is not looked into. */
export interface Statement {
  /** `undefined` for `if`, loops, functions, groups and what goes on in the background. */
  readonly commands: readonly Command[] | undefined;
  readonly raw: string;
  /** Lines of the script, from 0. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** What separates it from the statement before it: `&&`, `||`, or nothing for a line break or `;`. */
  readonly joinedBy: "&&" | "||" | "";
}

/** A script that a POSIX shell or Bash would not read either. */
export class ShellSyntaxError extends Error {
  override readonly name = "ShellSyntaxError";
}

/** `NAME=value` at the beginning of a command, or behind `export`. */
export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

/** Reads a word as an assignment. */
export function asAssignment({ parts, raw }: Word): Assignment | undefined {
  const [first, ...rest] = parts;
  const [whole, name = ""] = (first?.kind === "text" && /^([A-Za-z_]\w*)=/.exec(first.text)) || [];
  if (whole === undefined || first?.kind !== "text" || !raw.startsWith(whole)) return undefined;
  const left = first.text.slice(whole.length);
  const value = left === "" ? rest : [{ kind: "text", text: left } as const, ...rest];
  return { name, value: { parts: value, raw: raw.slice(whole.length) } };
}

/** The text of a word that nothing has to be put into. */
export function literalText({ parts }: Word): string | undefined {
  if (parts.some(({ kind }) => kind !== "text")) return undefined;
  return parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

/** Everything that is run in a word, at any depth. */
export function statementsIn({ parts }: Word): readonly Statement[] {
  return parts.flatMap((part) => {
    if (part.kind === "commands") return part.statements;
    return part.kind === "array" ? part.words.flatMap(statementsIn) : [];
  });
}

/** Every variable of a word, not counting those of commands in it. */
export function variablesIn({ parts }: Word): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind === "variable") return [part.name];
    return part.kind === "array" ? part.words.flatMap(variablesIn) : [];
  });
}

/** Every word of a command, with what its redirects name. */
export function wordsOf({ words, redirects }: Command): readonly Word[] {
  return [...words, ...redirects.map(({ target }) => target)];
}
