import type { Statement } from "../trust-policy/model/policy.ts";

/** A tag that a session may give itself. */
export interface SessionTagRule {
  readonly key: string;
  /** The only value that it may have; absent: any, and it may be left out. */
  readonly value: string | undefined;
}

/** What it takes to assume a role with tags. */
const TAGGING_ACTIONS: readonly string[] = ["sts:AssumeRole", "sts:TagSession"];

/**
 * Builds the statement by which sessions of a role may assume it once more, with these tags.
 *
 * It trusts the account and asks for the role, since IAM takes no principal that does not exist yet. For that the role
 * needs a policy of its own which allows the same.
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
 * Builds the policy that the role itself needs to be assumed by its own sessions.
 *
 * @param role its ARN, or a reference to it
 */
export function buildTaggingPermission<Reference>(role: Reference) {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: TAGGING_ACTIONS, Resource: role }],
  };
}

/** The name of that policy, an inline one. */
export const TAGGING_POLICY_NAME = "session-tags";
