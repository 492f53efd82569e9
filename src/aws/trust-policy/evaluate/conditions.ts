import { isPersonalClaim } from "../../../foundation/claim-privacy.ts";
import type { ConditionKeyValue, KeyLookup } from "../model/condition-keys.ts";
import { type Operator, readOperator } from "../model/operators.ts";
import type { ConditionTest, PolicyVersion } from "../model/policy.ts";
import { supportsPolicyVariables } from "../model/variables.ts";
import { compareValues, type Outcome, type Reading } from "./comparisons.ts";
import {
  type ActualValue,
  allOf,
  anyOf,
  type KeyDoubtReason,
  type KeyMissReason,
  negate,
  type Reasoned,
  type Verdict,
} from "./decision.ts";
import { diagnoseNearMiss } from "./near-miss.ts";

/** What the evaluation of a condition depends on. */
export interface ConditionScope {
  readonly version: PolicyVersion | undefined;
  readonly lookUp: KeyLookup;
}

/** Whether a condition key matches, with the request's value as it may be shown. */
export type ConditionResult = Reasoned<KeyMissReason, KeyDoubtReason> & { readonly actual: ActualValue };

type ConditionVerdict = Reasoned<KeyMissReason, KeyDoubtReason>;
type ComparisonOperator = Extract<Operator, { kind: "comparison" }>;
type Present = Extract<ConditionKeyValue, { kind: "present" }>;

const YES: ConditionVerdict = { match: "yes" };
const no = (reason: KeyMissReason): ConditionVerdict => ({ match: "no", reason });
const unknown = (reason: KeyDoubtReason): ConditionVerdict => ({ match: "unknown", reason });

/** Outcomes for which IAM may refuse the policy or ignore the statement: never a certain yes. */
const DOUBTS = new Map<Outcome, KeyDoubtReason & KeyMissReason>([
  ["unresolvable", "variable-unresolvable"],
  ["malformed", "policy-value-malformed"],
  ["incomparable", "value-not-comparable"],
]);

function findDoubt(outcomes: readonly Outcome[]): (KeyDoubtReason & KeyMissReason) | undefined {
  return [...DOUBTS].find(([outcome]) => outcomes.includes(outcome))?.[1];
}

/** Values of one key are alternatives; under a negated operator they are all excluded. */
function judgeOutcomes(operator: ComparisonOperator, outcomes: readonly Outcome[]): Verdict {
  const anyMatch = anyOf(
    outcomes.map((outcome) => {
      if (outcome === "invisible") return "unknown";
      return outcome === "match" ? "yes" : "no";
    }),
  );
  return operator.row.polarity === "negated" ? negate(anyMatch) : anyMatch;
}

/**
 * A key that the request lacks. `ForAllValues` holds when there are no values; for `ForAnyValue` with `IfExists` the
 * documentation gives two answers.
 */
function judgeMissingKey(operator: ComparisonOperator, reason: KeyMissReason): ConditionVerdict {
  if (operator.qualifier === "ForAllValues") return YES;
  if (operator.qualifier === "ForAnyValue") {
    return operator.missingKey === "passes" ? unknown("behaviour-undocumented") : no(reason);
  }
  const passes = operator.missingKey === "passes" || operator.row.polarity === "negated";
  return passes ? YES : no(reason);
}

function readingOf({ row }: ComparisonOperator, { version, lookUp }: ConditionScope): Reading {
  const variables = supportsPolicyVariables(version) ? row.variables : "literal";
  return { comparison: row.comparison, variables, lookUp };
}

/** Under `ForAllValues` and `ForAnyValue` an empty text counts as no value. */
function valuesToJudge(operator: ComparisonOperator, found: Present): readonly string[] {
  return operator.qualifier === undefined ? found.values : found.values.filter((value) => value !== "");
}

function judgePresentKey(
  operator: ComparisonOperator,
  scope: ConditionScope,
  { test, found }: { readonly test: ConditionTest; readonly found: Present },
): ConditionVerdict {
  const actuals = valuesToJudge(operator, found);
  if (actuals.length === 0) return judgeMissingKey(operator, "key-absent");
  if (operator.qualifier === undefined && actuals.length > 1) return unknown("behaviour-undocumented");
  const reading = readingOf(operator, scope);
  const outcomes = actuals.map((actual) =>
    test.values.map((wanted) => compareValues(wanted, actual, reading)),
  );
  const verdicts = outcomes.map((ofOneValue) => judgeOutcomes(operator, ofOneValue));
  const verdict = operator.qualifier === "ForAllValues" ? allOf(verdicts) : anyOf(verdicts);
  const doubt = findDoubt(outcomes.flat());
  if (verdict === "unknown") return unknown("variable-not-visible");
  if (verdict === "yes") return doubt === undefined ? YES : unknown(doubt);
  if (operator.row.polarity === "negated") return no("value-excluded");
  if (doubt !== undefined) return no(doubt);
  const missed = actuals.filter((_, index) => verdicts[index] === "no");
  const pairs = test.values.flatMap((wanted) => missed.map((actual) => ({ wanted, actual })));
  return no(diagnoseNearMiss(pairs, operator.row, reading));
}

function judgeComparison(
  operator: ComparisonOperator,
  scope: ConditionScope,
  { test, found }: { readonly test: ConditionTest; readonly found: ConditionKeyValue },
): ConditionVerdict {
  switch (found.kind) {
    case "unknown":
      return unknown(found.reason);
    case "absent":
      return judgeMissingKey(operator, found.reason);
    case "present":
      return judgePresentKey(operator, scope, { test, found });
  }
}

/** `Null` asks whether the key is missing; its values are `true` and `false`. */
function judgeNull(test: ConditionTest, found: ConditionKeyValue): ConditionVerdict {
  const wanted = new Set(test.values.map((value) => value.toLowerCase()));
  if (![...wanted].every((value) => value === "true" || value === "false")) {
    return unknown("policy-value-malformed");
  }
  if (wanted.size > 1) return YES;
  if (found.kind === "unknown" && found.presence === "unknown") return unknown(found.reason);
  const demandsAbsence = wanted.has("true");
  if (found.kind === "absent") return demandsAbsence ? YES : no(found.reason);
  return demandsAbsence ? no("key-present") : YES;
}

/** Whether a condition key stands for a claim about the person who started the pipeline, whose value is never shown. */
export function isPersonalKey(key: string): boolean {
  return isPersonalClaim(key.slice(key.lastIndexOf(":") + 1));
}

function showActual(key: string, found: ConditionKeyValue): ActualValue {
  if (found.kind !== "present") return { kind: found.kind };
  return isPersonalKey(key) ? { kind: "withheld" } : { kind: "values", values: found.values };
}

/**
 * Evaluates what one operator requires of one key.
 *
 * IAM User Guide, "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued
 * context keys" and "Conditions with multiple context keys or values".
 */
export function evaluateCondition(test: ConditionTest, scope: ConditionScope): ConditionResult {
  const operator = readOperator(test.operator);
  const found = scope.lookUp(test.key);
  const actual = showActual(test.key, found);
  if (operator.kind === "comparison") return { actual, ...judgeComparison(operator, scope, { test, found }) };
  if (operator.qualifier !== undefined) return { actual, ...unknown("behaviour-undocumented") };
  return { actual, ...judgeNull(test, found) };
}
