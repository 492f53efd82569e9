import { admitsVariables, holds, parseOperator } from "./condition-operators.ts";
import type { Condition, ElementMatch, PolicyDocument, Statement } from "./policy-document.ts";
import {
  type ConditionContext,
  expandPattern,
  literalPattern,
  matchesArn,
  matchesLike,
  type Pattern,
  textOf,
} from "./policy-values.ts";

export type Verdict = "allow" | "explicit-deny" | "implicit-deny";

/** What a policy is asked. */
export interface PolicyRequest {
  readonly action: string;
  /** Names that a trust policy may give the caller; none for an identity policy. */
  readonly principal?: { readonly type: "AWS" | "Federated"; readonly names: readonly string[] };
  /** ARN acted upon, for an identity policy. */
  readonly resource?: string;
  readonly context: ConditionContext;
}

type Expand = (value: string) => Pattern | undefined;

function expanderOf(document: PolicyDocument, context: ConditionContext): Expand {
  return document.version === "2012-10-17" ? (value) => expandPattern(value, context) : literalPattern;
}

function matchesElement(element: ElementMatch, matches: (pattern: string) => boolean): boolean {
  return element.negated !== element.patterns.some(matches);
}

function coversAction(statement: Statement, action: string): boolean {
  return matchesElement(statement.actions, (pattern) => matchesLike(action, literalPattern(pattern), "i"));
}

function coversPrincipal(statement: Statement, request: PolicyRequest): boolean {
  if (request.principal === undefined) return true;
  const { type, names } = request.principal;
  // `"*"` and `{"AWS": "*"}` deny everyone, whoever vouches for them, as resource control policies do.
  if (statement.effect === "Deny" && statement.principals.get("AWS")?.includes("*") === true) return true;
  return (statement.principals.get(type) ?? []).some((name) => names.includes(name));
}

function coversResource(statement: Statement, resource: string | undefined, expand: Expand): boolean {
  if (statement.resources === undefined || resource === undefined) return true;
  return matchesElement(statement.resources, (value) => {
    const pattern = expand(value);
    return pattern !== undefined && (textOf(pattern) === "*" || matchesArn(resource, pattern));
  });
}

function meetsCondition(condition: Condition, context: ConditionContext, expand: Expand): boolean {
  const operator = parseOperator(condition.operator);
  const patternOf = admitsVariables(operator) ? expand : literalPattern;
  const expected = condition.values.map(patternOf).filter((pattern) => pattern !== undefined);
  return holds(operator, context.get(condition.key.toLowerCase()) ?? [], expected);
}

/**
 * Evaluates one policy as IAM does: an explicit deny wins, otherwise one allowing statement suffices.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluatePolicy(document: PolicyDocument, request: PolicyRequest): Verdict {
  const expand = expanderOf(document, request.context);
  const matching = document.statements.filter(
    (statement) =>
      coversAction(statement, request.action) &&
      coversPrincipal(statement, request) &&
      coversResource(statement, request.resource, expand) &&
      statement.conditions.every((condition) => meetsCondition(condition, request.context, expand)),
  );
  if (matching.some(({ effect }) => effect === "Deny")) return "explicit-deny";
  return matching.length > 0 ? "allow" : "implicit-deny";
}
