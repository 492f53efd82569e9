import { type Claims, readSessionTags, readSourceIdentity } from "./claims.ts";
import type { ActionResult, StsAction } from "./decision.ts";
import { matchesGlob, parseGlob } from "./glob.ts";
import { memberPlace } from "./place.ts";
import type { ActionSelector } from "./policy.ts";

/** The action that every exchange of an ID token needs. */
export const ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity" satisfies StsAction;

/**
 * The actions that the exchange of one token needs. A token with session tags or a source identity
 * needs leave for these too. IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions
 * taken with assumed roles".
 */
export function requiredActions(claims: Claims): readonly StsAction[] {
  const { tags, transitiveKeys } = readSessionTags(claims);
  const carriesTags = tags.size > 0 || transitiveKeys.length > 0;
  return [
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    ...(carriesTags ? (["sts:TagSession"] as const) : []),
    ...(readSourceIdentity(claims) === undefined ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
}

/** Tells whether an `Action` pattern covers an action; case does not count. */
export function coversAction(pattern: string, action: string): boolean {
  return matchesGlob(parseGlob(pattern.toLowerCase()), action.toLowerCase());
}

/** Matches the `Action` or `NotAction` of a statement against one action. */
export function evaluateAction(selector: ActionSelector, action: StsAction, statement: string): ActionResult {
  const place = memberPlace(statement, selector.element);
  const result = { place, wanted: selector.patterns, actual: action };
  const listed = selector.patterns.some((pattern) => coversAction(pattern, action));
  if (listed === (selector.element === "Action")) return { ...result, match: "yes" };
  const reason = selector.element === "Action" ? "action-not-listed" : "action-excluded";
  return { ...result, match: "no", reason };
}
