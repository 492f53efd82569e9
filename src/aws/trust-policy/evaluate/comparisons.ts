import { type Glob, literalGlob, matchesGlob, parseGlob } from "../model/glob.ts";
import type { PolicyValue } from "../model/variables.ts";
import { parsePolicyDate } from "./dates.ts";
import { ipBlockContains, parseIpBlock } from "./ip-address.ts";

/**
 * How one value of the policy compares with one value of the request.
 *
 * `malformed`: the policy's value is none of the operator's type; `incomparable`: the request's value is not.
 */
export type Comparison = "match" | "mismatch" | "malformed" | "incomparable";

export type Compare = (wanted: PolicyValue, actual: string) => Comparison;

const ARN_PARTS = 6;

const matchIf = (condition: unknown): Comparison => (condition === true ? "match" : "mismatch");

const textOf = (value: PolicyValue): string => value.map((part) => part.text).join("");

/** Substituted values and `${*}` stand for themselves; only the policy's own text holds wildcards. */
function globOf(value: PolicyValue): Glob {
  return value.flatMap((part) => (part.kind === "literal" ? literalGlob(part.text) : parseGlob(part.text)));
}

/** Compares typed values: both sides are parsed first, and each side can fail to be of the type. */
function compareParsed<Value>(
  parse: (text: string) => Value | undefined,
  holds: (actual: Value, wanted: Value) => unknown,
): Compare {
  return (wantedValue, actualText) => {
    const wanted = parse(textOf(wantedValue));
    if (wanted === undefined) return "malformed";
    const actual = parse(actualText);
    return actual === undefined ? "incomparable" : matchIf(holds(actual, wanted));
  };
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function parseBoolean(text: string): string | undefined {
  const lower = text.toLowerCase();
  return lower === "true" || lower === "false" ? lower : undefined;
}

type Ordering = (actual: number, wanted: number) => boolean;

/** The order relations that numeric and date operators share. */
export const ORDERINGS = {
  equals: (actual, wanted) => actual === wanted,
  lessThan: (actual, wanted) => actual < wanted,
  lessThanEquals: (actual, wanted) => actual <= wanted,
  greaterThan: (actual, wanted) => actual > wanted,
  greaterThanEquals: (actual, wanted) => actual >= wanted,
} as const satisfies Record<string, Ordering>;

export const compareNumbers = (ordering: Ordering): Compare => compareParsed(parseNumber, ordering);

export const compareDates = (ordering: Ordering): Compare => compareParsed(parsePolicyDate, ordering);

export const compareBooleans: Compare = compareParsed(parseBoolean, (actual, wanted) => actual === wanted);

export const compareIpAddresses: Compare = compareParsed(parseIpBlock, (actual, wanted) =>
  ipBlockContains(wanted, actual),
);

export const compareExactly: Compare = (wanted, actual) => matchIf(textOf(wanted) === actual);

export const compareIgnoringCase: Compare = (wanted, actual) =>
  matchIf(textOf(wanted).toLowerCase() === actual.toLowerCase());

export const compareByPattern: Compare = (wanted, actual) => matchIf(matchesGlob(globOf(wanted), actual));

/** The policy holds base64, the request the bytes themselves. */
export const compareBinary: Compare = (wanted, actual) => {
  const bytes = new TextEncoder().encode(actual);
  return matchIf(textOf(wanted) === btoa(String.fromCharCode(...bytes)));
};

/** Each part is matched by itself, so that a wildcard crosses a colon in the last part only. */
function compareParts(wanted: Glob, actual: string, parts: number): Comparison {
  if (parts === 1) return matchIf(matchesGlob(wanted, actual));
  const wantedEnd = wanted.indexOf(":");
  const actualEnd = actual.indexOf(":");
  if (wantedEnd === -1) return "malformed";
  if (actualEnd === -1) return "incomparable";
  const rest = compareParts(wanted.slice(wantedEnd + 1), actual.slice(actualEnd + 1), parts - 1);
  const holds = matchesGlob(wanted.slice(0, wantedEnd), actual.slice(0, actualEnd));
  return rest === "match" && !holds ? "mismatch" : rest;
}

export const compareArns: Compare = (wanted, actual) => compareParts(globOf(wanted), actual, ARN_PARTS);
