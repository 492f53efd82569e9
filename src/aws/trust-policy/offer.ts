import { evaluateCondition, isPersonalKey } from "./evaluate/conditions.ts";
import { listMisses, type StatementMiss, type TrustDecision } from "./evaluate/decision.ts";
import { createKeyLookup } from "./evaluate/key-lookup.ts";
import { closestStatement, differenceOf, isSubject } from "./explain/closest.ts";
import { isOtherIssuer } from "./explain/provider-causes.ts";
import { isAwsKey } from "./model/condition-keys.ts";
import type { ConditionTest, Statement, TrustPolicy } from "./model/policy.ts";
import { claimValues, type WebIdentityRequestContext } from "./model/request.ts";
import { demandsMore } from "./model/subject-difference.ts";
import { supportsPolicyVariables } from "./model/variables.ts";
import { proposeStatement } from "./propose.ts";

type ConditionMiss = Extract<StatementMiss, { kind: "condition" }>;

/**
 * Offers the narrowest statement that admits the job when added to a policy, and keeps everything the policy pins
 * besides `sub` and `aud`.
 *
 * @returns `undefined` where the job should not be admitted by a change of the policy: an explicit Deny, a condition
 *   that
 *   keeps it out on purpose, a policy for tokens of another issuer; or where the pins may not be shown
 */
export function offerStatement(
  policy: TrustPolicy,
  decision: TrustDecision,
  context: WebIdentityRequestContext,
): Statement | undefined {
  const proposed = proposeStatement(context);
  if (proposed === undefined || decision.outcome === "explicitly-denied") return undefined;
  const closest =
    decision.outcome === "allowed" ? decision.by : closestStatement(decision.statements, context);
  if (closest === undefined) return canTake(policy, proposed) ? proposed : undefined;
  const isKeptOut = listMisses(closest).some((miss) => miss.match === "no" && isMeant(miss, context));
  const tests = policy.statements[closest.index]?.conditions ?? [];
  if (isKeptOut || tests.some(({ key }) => isPersonalKey(key))) return undefined;
  const offered = withPins(
    proposed,
    tests.filter((test) => isPin(test, policy, context)),
  );
  return canTake(policy, offered) ? offered : undefined;
}

/** Whether a policy reads `${…}` as the offered statement does. */
function canTake(policy: TrustPolicy, { conditions }: Statement): boolean {
  const holdsVariables = conditions.some(({ values }) => values.some((value) => value.includes("${")));
  return supportsPolicyVariables(policy.version) || !holdsVariables;
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf(":") + 1).toLowerCase();

const isIdentity = (key: string): boolean => !isAwsKey(key) && /^(sub|aud)$/.test(nameOf(key));

/** Claims that follow from the exact `sub`, so a condition that cannot work is no loss. */
const IN_SUBJECT: readonly string[] = ["project_path", "ref", "ref_type"];

/** Whether a miss is more than a typo, another project or ref: something that the author wants to keep out. */
function isMeant(miss: StatementMiss, context: WebIdentityRequestContext): boolean {
  if (miss.kind !== "condition") return isOtherIssuer(miss);
  if (miss.reason === "value-excluded" || miss.reason === "key-present") return true;
  if (isIdentity(miss.key)) return isSubject(miss) && asksForMore(miss, context);
  return !isImplied(miss, context);
}

function asksForMore(miss: ConditionMiss, context: WebIdentityRequestContext): boolean {
  const difference = differenceOf(miss, context);
  return difference !== undefined && demandsMore(difference.analysis);
}

/** A test that never holds, of a claim that is as wanted and that the offered statement tests another way. */
function isImplied({ key, reason, wanted }: ConditionMiss, { claims }: WebIdentityRequestContext): boolean {
  const isVoid = reason === "key-not-available-for-issuer" || reason === "key-of-other-issuer";
  const [actual] = claimValues(claims[nameOf(key)]);
  return isVoid && IN_SUBJECT.includes(nameOf(key)) && actual !== undefined && wanted.includes(actual);
}

/** A condition on anything but `sub` and `aud` that the job meets, or may meet. */
function isPin(test: ConditionTest, policy: TrustPolicy, context: WebIdentityRequestContext): boolean {
  const scope = { version: policy.version, lookUp: createKeyLookup(context) };
  return !isIdentity(test.key) && evaluateCondition(test, scope).match !== "no";
}

/** The job's own value is narrower than a list of the policy that contains it. */
function withPins(proposed: Statement, pins: readonly ConditionTest[]): Statement {
  const isAsked = ({ operator, key }: ConditionTest) =>
    proposed.conditions.some((test) => test.operator === operator && test.key === key);
  return { ...proposed, conditions: [...proposed.conditions, ...pins.filter((pin) => !isAsked(pin))] };
}
