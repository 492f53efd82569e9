import { BlockList, isIP } from "node:net";
import { matchesArn, matchesLike, type Pattern, textOf } from "./policy-values.ts";

/** How a condition operator reads, once its prefix and suffix are taken off. */
export interface ConditionOperator {
  readonly base: string;
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  readonly ifExists: boolean;
}

type Matches = (actual: string, expected: Pattern) => boolean;

interface BaseOperator {
  readonly matches: Matches;
  readonly negated: boolean;
}

function comparing(
  parse: (text: string) => number,
  compare: (actual: number, expected: number) => boolean,
): Matches {
  return (actual, expected) => compare(parse(actual), parse(textOf(expected)));
}

/** `NaN`, which compares as unequal to everything, for what is not a number. */
function parseNumeric(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** ISO 8601 or seconds since 1970. */
function parseDate(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? "ipv4" : "ipv6";
}

function isInRange(actual: string, expected: Pattern): boolean {
  const [network = "", prefix] = textOf(expected).split("/");
  const family = familyOf(network);
  const actualFamily = familyOf(actual);
  if (family === undefined || actualFamily === undefined) return false;
  const range = new BlockList();
  range.addSubnet(network, prefix === undefined ? (family === "ipv4" ? 32 : 128) : Number(prefix), family);
  return range.check(actual, actualFamily);
}

const equalsText: Matches = (actual, expected) => actual === textOf(expected);
const equalsIgnoringCase: Matches = (actual, expected) =>
  actual.toLowerCase() === textOf(expected).toLowerCase();

function orderings(name: string, parse: (text: string) => number): [string, BaseOperator][] {
  return [
    [`${name}Equals`, { negated: false, matches: comparing(parse, (a, b) => a === b) }],
    [`${name}NotEquals`, { negated: true, matches: comparing(parse, (a, b) => a === b) }],
    [`${name}LessThan`, { negated: false, matches: comparing(parse, (a, b) => a < b) }],
    [`${name}LessThanEquals`, { negated: false, matches: comparing(parse, (a, b) => a <= b) }],
    [`${name}GreaterThan`, { negated: false, matches: comparing(parse, (a, b) => a > b) }],
    [`${name}GreaterThanEquals`, { negated: false, matches: comparing(parse, (a, b) => a >= b) }],
  ];
}

function withNegation(name: string, negatedName: string, matches: Matches): [string, BaseOperator][] {
  return [
    [name, { negated: false, matches }],
    [negatedName, { negated: true, matches }],
  ];
}

const OPERATORS: ReadonlyMap<string, BaseOperator> = new Map([
  ...withNegation("StringEquals", "StringNotEquals", equalsText),
  ...withNegation("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", equalsIgnoringCase),
  ...withNegation("StringLike", "StringNotLike", matchesLike),
  ...withNegation("ArnEquals", "ArnNotEquals", matchesArn),
  ...withNegation("ArnLike", "ArnNotLike", matchesArn),
  ...withNegation("IpAddress", "NotIpAddress", isInRange),
  ...orderings("Numeric", parseNumeric),
  ...orderings("Date", parseDate),
  ["Bool", { negated: false, matches: equalsIgnoringCase }],
  ["BinaryEquals", { negated: false, matches: equalsText }],
]);

/** Whether policy variables are replaced in the values of this operator. */
export function admitsVariables(operator: ConditionOperator): boolean {
  return /^(String|Arn)/.test(operator.base);
}

/** @throws Error for an operator that IAM does not have */
export function parseOperator(name: string): ConditionOperator {
  const [, quantifier, base = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const isNull = base === "Null" && ifExists === undefined;
  if (!OPERATORS.has(base) && !isNull) throw new Error(`unknown condition operator "${name}"`);
  return {
    base,
    quantifier: quantifier as ConditionOperator["quantifier"],
    ifExists: ifExists !== undefined,
  };
}

/** What an operator says of a key that the request does not have. */
function holdsForMissingKey({ base, quantifier, ifExists }: ConditionOperator): boolean {
  if (ifExists || quantifier === "ForAllValues") return true;
  return quantifier === undefined && OPERATORS.get(base)?.negated === true;
}

/** Under a quantifier, AWS counts a key with nothing but empty text as missing. */
function isMissing({ quantifier }: ConditionOperator, actual: readonly string[]): boolean {
  return actual.length === 0 || (quantifier !== undefined && actual.every((value) => value === ""));
}

/**
 * Decides one key of a condition block.
 *
 * @param actual values of the key in the request; none if it is absent
 * @param expected values of the policy, of which one suffices; for a negated operator none may match
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function holds(
  operator: ConditionOperator,
  actual: readonly string[],
  expected: readonly Pattern[],
): boolean {
  if (operator.base === "Null") {
    return expected.some((value) => textOf(value).toLowerCase() === String(actual.length === 0));
  }
  if (isMissing(operator, actual)) return holdsForMissingKey(operator);
  const base = OPERATORS.get(operator.base);
  if (base === undefined) throw new Error(`unknown condition operator "${operator.base}"`);
  const admits = (value: string) => base.negated !== expected.some((pattern) => base.matches(value, pattern));
  const everyValueCounts =
    operator.quantifier === "ForAllValues" || (operator.quantifier === undefined && base.negated);
  return everyValueCounts ? actual.every(admits) : actual.some(admits);
}
