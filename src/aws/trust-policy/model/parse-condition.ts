import { isJsonObject } from "../../../foundation/json.ts";
import { memberPlace } from "../../../foundation/json-places.ts";
import { findOperatorSpelling, isOperatorName, type OperatorName } from "./operators.ts";
import type { ConditionTest } from "./policy.ts";
import type { ProblemReport } from "./problem.ts";

/** IAM takes text, numbers and booleans for a condition value, and compares them all as text. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function parseValues(value: unknown, place: string, report: ProblemReport): readonly string[] {
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  const values = elements.map(scalarText).filter((text) => text !== undefined);
  if (elements.length === 0) report.add("empty-list", place, `"${place}" has no value. Give at least one.`);
  if (values.length < elements.length) {
    report.add(
      "wrong-type",
      place,
      `"${place}" must be text, or a list of texts. Write each value in quotes.`,
    );
  }
  return values;
}

function reportUnknownOperator(name: string, place: string, report: ProblemReport): void {
  const spelling = findOperatorSpelling(name);
  const hint = spelling === undefined ? "Use an operator of the IAM User Guide." : `Write "${spelling}".`;
  report.add("unknown-operator", place, `"${name}" is no condition operator. ${hint}`);
}

function parseKeys(
  operator: OperatorName,
  found: { readonly value: unknown; readonly place: string },
  report: ProblemReport,
): readonly ConditionTest[] {
  if (!isJsonObject(found.value)) {
    report.add("wrong-type", found.place, `"${found.place}" must be an object of condition keys.`);
    return [];
  }
  return Object.entries(found.value).map(([key, value]) => ({
    operator,
    key,
    values: parseValues(value, memberPlace(found.place, key), report),
  }));
}

/** Parses the `Condition` of a statement, reporting every problem. */
export function parseCondition(
  value: unknown,
  place: string,
  report: ProblemReport,
): readonly ConditionTest[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) {
    report.add("wrong-type", place, `"${place}" must be an object of condition operators.`);
    return [];
  }
  return Object.entries(value).flatMap(([operator, keys]) => {
    const operatorPlace = memberPlace(place, operator);
    if (isOperatorName(operator)) return parseKeys(operator, { value: keys, place: operatorPlace }, report);
    reportUnknownOperator(operator, operatorPlace, report);
    return [];
  });
}
