import type { LintCorrection } from "../../src/aws/trust-policy/lint/finding.ts";
import type { TextRange } from "./json-places.ts";
import { decodePolicy, type LocatedPolicy, locatePolicy } from "./policy-places.ts";

/** A text with an insertion, and where it is. */
export interface EditedText {
  readonly text: string;
  readonly changed: TextRange;
}

/** Applies a correction and leaves the rest of the text unchanged; `undefined` if its place is missing. */
export function applyCorrection(given: string, { place, text }: LintCorrection): EditedText | undefined {
  const { policyText, located } = readable(given);
  const range = exactly(located, place);
  if (range !== undefined) return replace(policyText, range, text);
  return place === "Version" ? addVersion(policyText, located, text) : undefined;
}

/** Adds a statement after the last one; `undefined` if the text has no statements. */
export function addStatement(given: string, statement: string): EditedText | undefined {
  const { policyText, located } = readable(given);
  const statements = located.find("Statement");
  if (statements === undefined) return undefined;
  const inside = policyText.slice(statements.from, statements.to);
  const margin = marginAt(policyText, statements.from);
  const others = inside.startsWith("[")
    ? inside.slice(1, -1).trimEnd()
    : `\n${margin}  ${indent(inside, "  ")}`;
  const before = `[${others}${others === "" ? "" : ","}\n${margin}  `;
  const added = indent(statement, `${margin}  `);
  const from = statements.from + before.length;
  return {
    text: `${policyText.slice(0, statements.from)}${before}${added}\n${margin}]${policyText.slice(statements.to)}`,
    changed: { from, to: from + added.length },
  };
}

/** An encoded policy has to be decoded before anything in it can be changed. */
function readable(given: string): { readonly policyText: string; readonly located: LocatedPolicy } {
  const located = locatePolicy(given);
  if (located.document !== undefined) return { policyText: given, located };
  const policyText = decodePolicy(given) ?? given;
  return { policyText, located: locatePolicy(policyText) };
}

/** Only what is at exactly this place, and nothing around it. */
function exactly(located: LocatedPolicy, place: string): TextRange | undefined {
  const range = located.find(place);
  const around = place === "Statement[0]" ? undefined : located.find("Statement");
  return range !== undefined && (around === undefined || range.from !== around.from) ? range : undefined;
}

function replace(whole: string, { from, to }: TextRange, part: string): EditedText {
  const written = indent(part, marginAt(whole, from));
  return {
    text: whole.slice(0, from) + written + whole.slice(to),
    changed: { from, to: from + written.length },
  };
}

function addVersion(whole: string, { document }: LocatedPolicy, version: string): EditedText | undefined {
  if (document === undefined) return undefined;
  const from = document.from + 1;
  const isOnOneLine = !whole.slice(document.from, document.to).includes("\n");
  const lead = isOnOneLine ? "" : `\n${marginAt(whole, document.from)}  `;
  const member = `"Version": ${version}`;
  const text = `${whole.slice(0, from)}${lead}${member},${isOnOneLine ? " " : ""}${whole.slice(from)}`;
  return { text, changed: { from: from + lead.length, to: from + lead.length + member.length } };
}

/** The white space at the start of a character's line. */
function marginAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/** All lines except the first are indented. */
function indent(text: string, margin: string): string {
  return text.replaceAll("\n", `\n${margin}`);
}
