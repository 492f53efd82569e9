import type { KeyLookup } from "../model/condition-keys.ts";
import { type Glob, literalGlob, matchesGlob, parseGlob } from "../model/glob.ts";
import type { ComparisonName } from "../model/operators.ts";
import { expandPolicyVariables, type PolicyValue, plainValue } from "./expand-variables.ts";
import { ipBlockContains, parseBoolean, parseIpBlock, parseNumber, parsePolicyDate } from "./typed-values.ts";

/**
 * How one value of the policy compares with one value of the request.
 *
 * `malformed`: the policy's value is not of the operator's type; `incomparable`: the request's value is not.
 */
type Comparison = "match" | "mismatch" | "malformed" | "incomparable";

type Compare = (wanted: PolicyValue, actual: string) => Comparison;

/** Compares text, which is never malformed. */
function compareText(holds: (wanted: PolicyValue, actual: string) => boolean): Compare {
  return (wanted, actual) => (holds(wanted, actual) ? "match" : "mismatch");
}

const textOf = (value: PolicyValue): string => value.map((part) => part.text).join("");

/** Substituted values and `${*}` stand for themselves; only the policy's own text can contain wildcards. */
function globOf(value: PolicyValue): Glob {
  return value.flatMap((part) => (part.kind === "literal" ? literalGlob(part.text) : parseGlob(part.text)));
}

/** Compares typed values: both sides are parsed first, and each side can fail to be of the type. */
function compareParsed<Value>(
  parse: (text: string) => Value | undefined,
  holds: (actual: Value, wanted: Value) => boolean,
): Compare {
  return (wantedValue, actualText) => {
    const wanted = parse(textOf(wantedValue));
    if (wanted === undefined) return "malformed";
    const actual = parse(actualText);
    if (actual === undefined) return "incomparable";
    return holds(actual, wanted) ? "match" : "mismatch";
  };
}

/** The policy has base64, the request the bytes themselves. */
function encodeBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const ARN_PARTS = 6;

/** Each part is matched separately, so a wildcard can cross a colon in the last part only. */
function compareParts(wanted: Glob, actual: string, parts: number): Comparison {
  if (parts === 1) return matchesGlob(wanted, actual) ? "match" : "mismatch";
  const wantedEnd = wanted.indexOf(":");
  const actualEnd = actual.indexOf(":");
  if (wantedEnd === -1) return "malformed";
  if (actualEnd === -1) return "incomparable";
  const rest = compareParts(wanted.slice(wantedEnd + 1), actual.slice(actualEnd + 1), parts - 1);
  const holds = matchesGlob(wanted.slice(0, wantedEnd), actual.slice(0, actualEnd));
  return rest === "match" && !holds ? "mismatch" : rest;
}

const equal = <Value>(actual: Value, wanted: Value) => actual === wanted;
const less = (actual: number, wanted: number) => actual < wanted;
const lessOrEqual = (actual: number, wanted: number) => actual <= wanted;
const greater = (actual: number, wanted: number) => actual > wanted;
const greaterOrEqual = (actual: number, wanted: number) => actual >= wanted;

const COMPARISONS: Readonly<Record<ComparisonName, Compare>> = {
  exact: compareText((wanted, actual) => textOf(wanted) === actual),
  "ignoring-case": compareText((wanted, actual) => textOf(wanted).toLowerCase() === actual.toLowerCase()),
  pattern: compareText((wanted, actual) => matchesGlob(globOf(wanted), actual)),
  "number-equal": compareParsed(parseNumber, equal),
  "number-less": compareParsed(parseNumber, less),
  "number-less-or-equal": compareParsed(parseNumber, lessOrEqual),
  "number-greater": compareParsed(parseNumber, greater),
  "number-greater-or-equal": compareParsed(parseNumber, greaterOrEqual),
  "date-equal": compareParsed(parsePolicyDate, equal),
  "date-less": compareParsed(parsePolicyDate, less),
  "date-less-or-equal": compareParsed(parsePolicyDate, lessOrEqual),
  "date-greater": compareParsed(parsePolicyDate, greater),
  "date-greater-or-equal": compareParsed(parsePolicyDate, greaterOrEqual),
  boolean: compareParsed(parseBoolean, equal),
  base64: compareText((wanted, actual) => textOf(wanted) === encodeBase64(actual)),
  "ip-address": compareParsed(parseIpBlock, (actual, wanted) => ipBlockContains(wanted, actual)),
  arn: (wanted, actual) => compareParts(globOf(wanted), actual, ARN_PARTS),
};

/** How a value of the policy is read, and compared. */
export interface Reading {
  readonly comparison: ComparisonName;
  /** Whether `${…}` in it is a policy variable. */
  readonly variables: "expanded" | "literal";
  /** Where the values of variables come from. */
  readonly lookUp: KeyLookup;
}

/**
 * The result of comparing one value of the policy with one of the request.
 *
 * `unresolvable`: a variable in the policy's value has no value; `invisible`: its value cannot be seen from here.
 */
export type Outcome = Comparison | "unresolvable" | "invisible";

/** Compares one value of the policy, as written there, with one of the request. */
export function compareValues(
  wanted: string,
  actual: string,
  { comparison, variables, lookUp }: Reading,
): Outcome {
  const expanded = variables === "expanded" ? expandPolicyVariables(wanted, lookUp) : plainValue(wanted);
  return expanded.kind === "resolved" ? COMPARISONS[comparison](expanded.value, actual) : expanded.kind;
}
