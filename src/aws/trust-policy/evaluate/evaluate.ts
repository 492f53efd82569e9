import {
  type ConditionTest,
  conditionPlace,
  type Effect,
  type Statement,
  statementPlace,
  type TrustPolicy,
} from "../model/policy.ts";
import { requiredActions, type StsAction, type WebIdentityRequestContext } from "../model/request.ts";
import { evaluateAction } from "./actions.ts";
import { type ConditionScope, evaluateCondition } from "./conditions.ts";
import {
  allOf,
  type KeyResult,
  type OperatorResult,
  type StatementResult,
  type TrustDecision,
} from "./decision.ts";
import { createKeyLookup } from "./key-lookup.ts";
import { evaluatePrincipal } from "./principals.ts";

interface Evaluation {
  readonly action: StsAction;
  readonly scope: ConditionScope;
  readonly context: WebIdentityRequestContext;
}

function evaluateKey(test: ConditionTest, statementIndex: number, scope: ConditionScope): KeyResult {
  const place = conditionPlace(statementIndex, test);
  return { place, key: test.key, wanted: test.values, ...evaluateCondition(test, scope) };
}

function evaluateConditions(
  statement: Statement,
  index: number,
  scope: ConditionScope,
): readonly OperatorResult[] {
  const operators = [...new Set(statement.conditions.map((test) => test.operator))];
  return operators.map((operator) => {
    const keys = statement.conditions
      .filter((test) => test.operator === operator)
      .map((test) => evaluateKey(test, index, scope));
    return { operator, match: allOf(keys.map((key) => key.match)), keys };
  });
}

function evaluateStatement(statement: Statement, index: number, evaluation: Evaluation): StatementResult {
  const place = statementPlace(index);
  const principal = evaluatePrincipal(statement, evaluation.context, place);
  const action = evaluateAction(statement.action, evaluation.action, place);
  const conditions = evaluateConditions(statement, index, evaluation.scope);
  return {
    index,
    place,
    ...(statement.sid === undefined ? {} : { sid: statement.sid }),
    effect: statement.effect,
    match: allOf([principal.match, action.match, ...conditions.map((condition) => condition.match)]),
    principal,
    action,
    conditions,
  };
}

/** An explicit deny wins; otherwise one allowing statement is enough. IAM User Guide, "Policy evaluation logic". */
function decide(action: StsAction, statements: readonly StatementResult[]): TrustDecision {
  const withEffect = (effect: Effect, match: StatementResult["match"]) =>
    statements.filter((statement) => statement.effect === effect && statement.match === match);
  const [denying] = withEffect("Deny", "yes");
  if (denying !== undefined) return { action, statements, outcome: "explicitly-denied", by: denying };
  const [allowing] = withEffect("Allow", "yes");
  const open = withEffect(allowing === undefined ? "Allow" : "Deny", "unknown");
  if (open.length > 0) return { action, statements, outcome: "undetermined", open };
  if (allowing === undefined) return { action, statements, outcome: "implicitly-denied" };
  return { action, statements, outcome: "allowed", by: allowing };
}

/** From the outcome that settles the whole exchange to the one that settles the least. */
const GRAVITY: readonly TrustDecision["outcome"][] = [
  "explicitly-denied",
  "implicitly-denied",
  "undetermined",
  "allowed",
];

const gravityOf = ({ outcome }: TrustDecision): number => GRAVITY.indexOf(outcome);

/**
 * Decides whether a role trust policy lets this token assume the role, as IAM would.
 *
 * Every action that the token needs must be allowed; the decision is that of the first action that is not. A refusal is
 * an answer, not an error: each statement comes back with what did not match, what the policy wants and what the
 * token has. Values of personal claims are withheld.
 */
export function evaluateTrustPolicy(policy: TrustPolicy, context: WebIdentityRequestContext): TrustDecision {
  const scope: ConditionScope = { version: policy.version, lookUp: createKeyLookup(context) };
  const evaluateFor = (action: StsAction): TrustDecision =>
    decide(
      action,
      policy.statements.map((statement, index) =>
        evaluateStatement(statement, index, { action, scope, context }),
      ),
    );
  return requiredActions(context.claims)
    .map(evaluateFor)
    .reduce((gravest, decision) => (gravityOf(decision) < gravityOf(gravest) ? decision : gravest));
}
