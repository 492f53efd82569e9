import { elementPlace, memberPlace } from "../../../foundation/json-places.ts";
import type { OperatorName } from "./operators.ts";

/** IAM User Guide, "IAM JSON policy elements: Version". Policy variables exist in the newer one only. */
export type PolicyVersion = "2008-10-17" | "2012-10-17";

export type Effect = "Allow" | "Deny";

export type PrincipalType = "AWS" | "Federated" | "Service" | "CanonicalUser";

export interface PrincipalEntry {
  readonly type: PrincipalType;
  readonly ids: readonly string[];
}

/** `"*"`, or lists by type. IAM User Guide, "AWS JSON policy elements: Principal". */
export type Principal =
  | { readonly kind: "everyone" }
  | { readonly kind: "listed"; readonly entries: readonly PrincipalEntry[] };

export interface ActionSelector {
  readonly element: "Action" | "NotAction";
  readonly patterns: readonly string[];
}

/** What one operator requires of one condition key. A statement has each operator and key at most once. */
export interface ConditionTest {
  readonly operator: OperatorName;
  readonly key: string;
  /** One of these is enough; under a negated operator none of them may match. */
  readonly values: readonly string[];
}

export interface Statement {
  readonly sid?: string;
  readonly effect: Effect;
  readonly principal: Principal;
  readonly action: ActionSelector;
  /** All of these must hold. */
  readonly conditions: readonly ConditionTest[];
}

/** A role trust policy. Without a version IAM applies `2008-10-17`. */
export interface TrustPolicy {
  readonly version?: PolicyVersion;
  readonly id?: string;
  readonly statements: readonly Statement[];
}

/** The identifiers that a principal lists for one type; none for `"*"`. */
export function principalIds(principal: Principal, type: PrincipalType): readonly string[] {
  if (principal.kind === "everyone") return [];
  return principal.entries.filter((entry) => entry.type === type).flatMap((entry) => entry.ids);
}

/**
 * Tells whether a principal is everyone: `"*"` and `{"AWS": "*"}` mean the same. IAM User Guide, "AWS JSON policy
 * elements: Principal", "All principals".
 */
export function isEveryone(principal: Principal): boolean {
  return principal.kind === "everyone" || principalIds(principal, "AWS").includes("*");
}

/** Rewrites every identifier that a principal lists. */
export function mapPrincipalIds(principal: Principal, rewrite: (id: string) => string): Principal {
  if (principal.kind === "everyone") return principal;
  const entries = principal.entries.map(({ type, ids }) => ({ type, ids: ids.map(rewrite) }));
  return { kind: "listed", entries };
}

/** Names a statement; a policy with a single statement object counts as a list of one. */
export function statementPlace(index: number): string {
  return elementPlace("Statement", index);
}

/** Names the values that one condition operator requires of one condition key. */
export function conditionPlace(
  statementIndex: number,
  { operator, key }: Pick<ConditionTest, "operator" | "key">,
): string {
  const condition = memberPlace(statementPlace(statementIndex), "Condition");
  return memberPlace(memberPlace(condition, operator), key);
}
