import { isPersonalKey } from "../../src/aws/trust-policy/evaluate/conditions.ts";
import type { KeyResult, StatementResult, Verdict } from "../../src/aws/trust-policy/evaluate/decision.ts";
import { readSubjectToken } from "../../src/aws/trust-policy/explain/subject-causes.ts";
import { matchesGlob, parseGlob } from "../../src/aws/trust-policy/model/glob.ts";
import { type OperatorRow, readOperator } from "../../src/aws/trust-policy/model/operators.ts";
import { parseSubject } from "../../src/aws/trust-policy/model/subject.ts";
import { analyseSubject } from "../../src/aws/trust-policy/model/subject-difference.ts";

/** A piece of a value, and whether the other side lacks it. */
export interface Piece {
  readonly text: string;
  readonly isDifferent: boolean;
}

/** One requirement of a statement: what it wants, what the token has, and whether they match. */
export interface ComparedPart {
  /** A component of `sub`, or the subject of the whole line. */
  readonly name: string;
  readonly match: Verdict;
  /** Every value that would match; empty if the policy does not mention it. */
  readonly wanted: readonly (readonly Piece[])[];
  /** `undefined` if the request has no such thing. */
  readonly found: readonly Piece[] | undefined;
}

/** A principal, an action or a condition of a statement, split into its parts. */
export interface ComparedLine {
  readonly place: string;
  /** `StringEquals gitlab.com:sub`, `Principal`. */
  readonly title: string;
  readonly match: Verdict;
  /** Whether the token must not have the values. */
  readonly isNegated: boolean;
  readonly parts: readonly ComparedPart[];
}

/** A statement and a job, line by line. */
export interface ComparedStatement {
  readonly place: string;
  readonly sid: string | undefined;
  readonly effect: string;
  readonly match: Verdict;
  readonly lines: readonly ComparedLine[];
}

type Claims = Readonly<Record<string, unknown>>;

/** Compares everything that a statement requires with what the request has. */
export function compareStatement(statement: StatementResult, claims: Claims): ComparedStatement {
  const { place, sid, effect, match, principal, action } = statement;
  return {
    place,
    sid,
    effect,
    match,
    lines: [
      { ...plainLine("Principal", principal), place: `${place}.Principal` },
      { ...plainLine("Action", action), place: `${place}.Action` },
      ...statement.conditions.flatMap(({ operator, keys }) =>
        keys.map((key) => compareKey(operator, key, claims)),
      ),
    ],
  };
}

function plainLine(
  title: string,
  {
    wanted,
    actual,
    match,
    place,
  }: Pick<StatementResult["principal"], "wanted" | "actual" | "match" | "place">,
): ComparedLine {
  return {
    place,
    title,
    match,
    isNegated: false,
    parts: [comparePart(title, match, { wanted, found: actual })],
  };
}

type OperatorName = StatementResult["conditions"][number]["operator"];

function compareKey(operator: OperatorName, key: KeyResult, claims: Claims): ComparedLine {
  const line = { place: key.place, title: `${operator} ${key.key}`, match: key.match };
  const row = rowOf(operator);
  const isNegated = row?.polarity === "negated";
  const found = foundOf(key);
  if (isPersonalKey(key.key)) {
    const part = { name: key.key, match: key.match, wanted: [], found: plain(WITHHELD) };
    return { ...line, isNegated, parts: [part] };
  }
  const isSubject = /:sub$/i.test(key.key) && row?.polarity === "positive" && key.match !== "unknown";
  const parts =
    isSubject && found !== undefined
      ? compareSubject(key, found, { claims, isLiteral: row?.wildcards === "literal" })
      : [comparePart(nameOf(key.key), key.match, { wanted: key.wanted, found })];
  return { ...line, isNegated, parts };
}

const WITHHELD = "not shown: a personal claim";

const nameOf = (key: string): string => key.slice(key.lastIndexOf(":") + 1);

function rowOf(name: OperatorName): OperatorRow | undefined {
  const operator = readOperator(name);
  return operator.kind === "comparison" ? operator.row : undefined;
}

function foundOf({ actual }: KeyResult): string | undefined {
  if (actual.kind === "values") return actual.values.join(", ");
  return undefined;
}

/** Component by component, with the closest value. */
function compareSubject(
  { wanted, match }: KeyResult,
  sub: string,
  { claims, isLiteral }: { readonly claims: Claims; readonly isLiteral: boolean },
): readonly ComparedPart[] {
  const analysis = analyseSubject(wanted, readSubjectToken({ claims }, sub));
  if (analysis === undefined) return [comparePart("sub", match, { wanted, found: sub })];
  const wantedParts = valuesByName(analysis.wanted);
  const foundParts = valuesByName(sub);
  const names = [...new Set([...wantedParts.keys(), ...foundParts.keys()])];
  return names.flatMap((name) => {
    const [one, other] = [wantedParts.get(name), foundParts.get(name)];
    if (name === "" && match === "yes") return [];
    const isMatch = match === "yes" || fits({ name, one, other }, analysis.extra, isLiteral);
    const value = { wanted: one === undefined ? [] : [one], found: other };
    return [comparePart(name === "" ? "rest" : name, isMatch ? "yes" : "no", value)];
  });
}

function fits(
  {
    name,
    one,
    other,
  }: { readonly name: string; readonly one: string | undefined; readonly other: string | undefined },
  extra: readonly string[],
  isLiteral: boolean,
): boolean {
  if (one === undefined) return !extra.includes(name);
  if (other === undefined) return name === "" && /^[*?]+$/.test(one) && !isLiteral;
  return isLiteral ? one === other : matchesGlob(parseGlob(one), other);
}

/** The first of several values for one name counts. */
function valuesByName(subject: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of parseSubject(subject)) if (!values.has(name)) values.set(name, value);
  return values;
}

function comparePart(
  name: string,
  match: Verdict,
  { wanted, found }: { readonly wanted: readonly string[]; readonly found: string | undefined },
): ComparedPart {
  const [only, ...others] = wanted;
  if (match !== "no" || found === undefined || only === undefined || others.length > 0) {
    return { name, match, wanted: wanted.map(plain), found: found === undefined ? undefined : plain(found) };
  }
  const [one, other] = markDifference(only, found);
  return { name, match, wanted: [one], found: other };
}

function differing(text: string): readonly Piece[] {
  return text === "" ? [] : [{ text, isDifferent: true }];
}

function plain(text: string): readonly Piece[] {
  return [{ text, isDifferent: false }];
}

/**
 * Marks in two values what is between their common beginning and common end; or all of both, if they have so little in
 * common that it is chance.
 */
export function markDifference(one: string, other: string): readonly [readonly Piece[], readonly Piece[]] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  if (2 * (start + end) <= shorter) return [differing(one), differing(other)];
  const pieces = (text: string): readonly Piece[] =>
    [
      { text: text.slice(0, start), isDifferent: false },
      { text: text.slice(start, text.length - end), isDifferent: true },
      { text: text.slice(text.length - end), isDifferent: false },
    ].filter((piece) => piece.text !== "");
  return [pieces(one), pieces(other)];
}
