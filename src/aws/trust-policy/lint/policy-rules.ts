import { readOperator } from "../model/operators.ts";
import { type ConditionTest, conditionPlace, type TrustPolicy } from "../model/policy.ts";
import { renderPolicy } from "../model/render.ts";
import { hasPolicyVariable, supportsPolicyVariables } from "../model/variables.ts";
import type { LintFault } from "./finding.ts";

const CURRENT_VERSION = { place: "Version", text: '"2012-10-17"' };

function takesVariables(test: ConditionTest): boolean {
  const operator = readOperator(test.operator);
  return operator.kind === "comparison" && operator.row.variables === "expanded";
}

const usesVariables = (test: ConditionTest): boolean =>
  takesVariables(test) && test.values.some(hasPolicyVariable);

/** Before 2012-10-17 a policy variable is plain text. */
export function findVariablesInOldVersion(policy: TrustPolicy): readonly LintFault[] {
  if (supportsPolicyVariables(policy.version)) return [];
  return policy.statements.flatMap((statement, index) =>
    statement.conditions.filter(usesVariables).map((test) => ({
      place: conditionPlace(index, test),
      message: `"${test.key}" uses a policy variable, which this version treats as plain text. Set "Version" to "2012-10-17".`,
      correction: CURRENT_VERSION,
    })),
  );
}

export function findOldVersion(policy: TrustPolicy): readonly LintFault[] {
  const usesAny = policy.statements.some((statement) => statement.conditions.some(usesVariables));
  if (supportsPolicyVariables(policy.version) || usesAny) return [];
  const message = '"Version" is not "2012-10-17", so policy variables are plain text. Set it.';
  return [{ place: "Version", message, correction: CURRENT_VERSION }];
}

/** "IAM and AWS STS quotas": the role trust policy length; white space is not counted. */
export const DEFAULT_MAX_POLICY_CHARACTERS = 2048;

/** Counts the characters of a policy as its quota does. */
export function countPolicyCharacters(policy: TrustPolicy): number {
  return renderPolicy(policy).replaceAll(/\s/g, "").length;
}

export function findOversize(policy: TrustPolicy): readonly LintFault[] {
  const characters = countPolicyCharacters(policy);
  if (characters <= DEFAULT_MAX_POLICY_CHARACTERS) return [];
  const message = `The policy has ${characters} characters, not counting white space, but IAM accepts ${DEFAULT_MAX_POLICY_CHARACTERS} unless the quota was raised (up to 4096). Merge statements, or split the role.`;
  return [{ place: "Statement", message }];
}
