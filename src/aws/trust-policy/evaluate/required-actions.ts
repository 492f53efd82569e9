import { type Claims, readSessionTags, readSourceIdentity } from "../model/session-claims.ts";
import type { StsAction } from "./decision.ts";

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
