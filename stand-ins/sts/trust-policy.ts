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

/** One thing in which a request differs from what a statement asks. */
export interface Miss {
  /** The element: `Action`, `Principal`, or the condition as `StringEquals gitlab.com:sub`. */
  readonly what: string;
  readonly wanted: readonly string[];
  /** Values of the request; none for a condition key that it does not have. */
  readonly found: readonly string[];
}

/** One statement held against a request; it applies where nothing misses. */
export interface StatementJudgement {
  /** Counted from 1. */
  readonly number: number;
  readonly effect: Statement["effect"];
  readonly misses: readonly Miss[];
}

/** A policy held against a request, statement by statement. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly statements: readonly StatementJudgement[];
}

function principalMiss({ principals }: Statement, { principal }: PolicyRequest): Miss {
  const wanted = [...principals].flatMap(([type, names]) => names.map((name) => `${type}: ${name}`));
  return { what: "Principal", wanted, found: principal?.names ?? [] };
}

function* findMisses(statement: Statement, request: PolicyRequest, expand: Expand): Generator<Miss> {
  const { action, resource, context } = request;
  if (!coversAction(statement, action))
    yield {
      what: statement.actions.negated ? "NotAction" : "Action",
      wanted: statement.actions.patterns,
      found: [action],
    };
  if (!coversPrincipal(statement, request)) yield principalMiss(statement, request);
  if (!coversResource(statement, resource, expand))
    yield { what: "Resource", wanted: statement.resources?.patterns ?? [], found: [resource ?? ""] };
  for (const condition of statement.conditions) {
    if (meetsCondition(condition, context, expand)) continue;
    const { operator, key, values } = condition;
    yield { what: `${operator} ${key}`, wanted: values, found: context.get(key.toLowerCase()) ?? [] };
  }
}

/**
 * Evaluates one policy as IAM does, and tells what speaks against each statement: an explicit deny wins, otherwise one
 * allowing statement suffices.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function judgePolicy(document: PolicyDocument, request: PolicyRequest): Judgement {
  const expand = expanderOf(document, request.context);
  const statements = document.statements.map((statement, index) => ({
    number: index + 1,
    effect: statement.effect,
    misses: [...findMisses(statement, request, expand)],
  }));
  const matching = statements.filter(({ misses }) => misses.length === 0);
  if (matching.some(({ effect }) => effect === "Deny")) return { verdict: "explicit-deny", statements };
  return { verdict: matching.length > 0 ? "allow" : "implicit-deny", statements };
}

/** The verdict of {@link judgePolicy} alone. */
export function evaluatePolicy(document: PolicyDocument, request: PolicyRequest): Verdict {
  return judgePolicy(document, request).verdict;
}
