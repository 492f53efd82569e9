import type { Statement } from "../trust-policy/model/policy.ts";

/** A tag that a session may give itself. */
export interface SessionTagRule {
  readonly key: string;
  /** The only allowed value; if absent, any value is allowed, or none. */
  readonly value: string | undefined;
}

/** The actions needed to assume a role with tags. */
const TAGGING_ACTIONS: readonly string[] = ["sts:AssumeRole", "sts:TagSession"];

/**
 * Builds the statement that lets sessions of a role assume it again, with these tags.
 *
 * It trusts the account and tests for the role, since IAM accepts no principal that does not exist yet. So the role's
 * own policy must allow the same.
 *
 * @see https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export function buildTaggingStatement(
  tags: readonly SessionTagRule[],
  names: { readonly account: string; readonly role: string },
): Statement {
  const fixed = tags.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value }]));
  return {
    effect: "Allow",
    principal: { kind: "listed", entries: [{ type: "AWS", ids: [names.account] }] },
    action: { element: "Action", patterns: TAGGING_ACTIONS },
    conditions: [
      { operator: "ArnEquals", key: "aws:PrincipalArn", values: [names.role] },
      ...fixed.map(
        ({ key, value }) =>
          ({ operator: "StringEquals", key: `aws:RequestTag/${key}`, values: [value] }) as const,
      ),
      { operator: "ForAllValues:StringEquals", key: "aws:TagKeys", values: tags.map(({ key }) => key) },
    ],
  };
}

/**
 * Builds the policy that the role needs so that its own sessions can assume it.
 *
 * @param role its ARN, or a reference to it
 */
export function buildTaggingPermission<Reference>(role: Reference) {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: TAGGING_ACTIONS, Resource: role }],
  };
}

/** The name of that inline policy. */
export const TAGGING_POLICY_NAME = "session-tags";
