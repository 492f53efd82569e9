import { listMisses, type StatementMiss, type StatementResult } from "../evaluate/decision.ts";
import type { WebIdentityRequestContext } from "../model/request.ts";
import { analyseSubject, type SubjectAnalysis, weighSubject } from "../model/subject-difference.ts";
import type { SubjectToken } from "../model/subject-slips.ts";
import { readSubjectToken } from "./subject-causes.ts";

type ConditionMiss = Extract<StatementMiss, { kind: "condition" }>;

/** The `Allow` statement that misses by least; the first of several. */
export function closestStatement(
  statements: readonly StatementResult[],
  context: WebIdentityRequestContext,
): StatementResult | undefined {
  const weighed = statements
    .filter(({ effect }) => effect === "Allow")
    .map((statement) => ({ statement, distance: distanceOf(listMisses(statement), context) }));
  return weighed.sort((left, right) => left.distance - right.distance)[0]?.statement;
}

/** A typo counts little, another project or provider much. */
function distanceOf(misses: readonly StatementMiss[], context: WebIdentityRequestContext): number {
  return misses.map((miss) => weightOf(miss, context)).reduce((sum, weight) => sum + weight, 0);
}

function weightOf(miss: StatementMiss, context: WebIdentityRequestContext): number {
  if (miss.kind !== "condition") return 25;
  const token = subjectTokenOf(miss, context);
  return token === undefined ? 1 : weighSubject(miss.wanted, token);
}

/** Whether a condition is one on `sub`, whatever prefix its key has. */
export function isSubject(miss: ConditionMiss): boolean {
  return /:sub$/i.test(miss.key);
}

/** The token to compare a condition on `sub` with, if its values can be compared part by part. */
function subjectTokenOf(miss: ConditionMiss, context: WebIdentityRequestContext): SubjectToken | undefined {
  const [sub] = miss.actual.kind === "values" ? miss.actual.values : [];
  const isComparable = /^(value|case|whitespace|trailing-slash|scheme)-differs$/.test(miss.reason);
  return sub !== undefined && isSubject(miss) && isComparable ? readSubjectToken(context, sub) : undefined;
}

/** How the token's `sub` differs from the closest value; `undefined` for any other miss. */
export function differenceOf(
  miss: ConditionMiss,
  context: WebIdentityRequestContext,
): { readonly analysis: SubjectAnalysis; readonly token: SubjectToken } | undefined {
  const token = subjectTokenOf(miss, context);
  const analysis = token && analyseSubject(miss.wanted, token);
  return analysis && token && { analysis, token };
}
