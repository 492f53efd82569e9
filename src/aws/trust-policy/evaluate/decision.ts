import type { AbsenceReason, UnknownKeyReason } from "../model/condition-keys.ts";
import type { OperatorName } from "../model/operators.ts";
import type { Effect } from "../model/policy.ts";
import type { StsAction } from "../model/request.ts";

/** What can be said about a match without asking AWS: yes, no, or unknown from here. */
export type Verdict = "yes" | "no" | "unknown";

/** Three-valued AND; an empty list holds. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("no")) return "no";
  return verdicts.includes("unknown") ? "unknown" : "yes";
}

/** Three-valued OR; an empty list does not hold. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("yes")) return "yes";
  return verdicts.includes("unknown") ? "unknown" : "no";
}

/** Three-valued NOT. */
export function negate(verdict: Verdict): Verdict {
  if (verdict === "unknown") return "unknown";
  return verdict === "yes" ? "no" : "yes";
}

/** Why a condition key did not match. */
export type KeyMissReason =
  | AbsenceReason
  | "value-differs"
  | "case-differs"
  | "whitespace-differs"
  | "trailing-slash-differs"
  | "scheme-differs"
  /** `*` or `?` under an operator that takes them literally; as wildcards they would have matched. */
  | "wildcard-under-equals"
  /** `${…}` in a policy whose version has no variables; as a variable it would have matched. */
  | "variable-in-old-version"
  | "variable-unresolvable"
  | "policy-value-malformed"
  /** The request's value is not of the operator's type. */
  | "value-not-comparable"
  /** A negated operator excludes the very value that the token has. */
  | "value-excluded"
  /** `Null` required the key to be missing. */
  | "key-present";

/** Why it cannot be known whether a condition key matches. */
export type KeyDoubtReason =
  | UnknownKeyReason
  /** A policy variable stands for a key that cannot be seen from here. */
  | "variable-not-visible"
  /** IAM may treat a statement as invalid for these, or refuse the policy. */
  | "variable-unresolvable"
  | "policy-value-malformed"
  | "value-not-comparable";

/** What the request had for a condition key. */
export type ActualValue =
  | { readonly kind: "values"; readonly values: readonly string[] }
  /** Known, compared, and not to be shown: a personal claim. */
  | { readonly kind: "withheld" }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown" };

/** A verdict with its reason, unless it is yes. */
export type Reasoned<MissReason, DoubtReason> =
  | { readonly match: "yes" }
  | { readonly match: "no"; readonly reason: MissReason }
  | { readonly match: "unknown"; readonly reason: DoubtReason };

/** The result for one condition key. */
export type KeyResult = {
  readonly place: string;
  readonly key: string;
  /** The policy's own text: variables are not replaced. */
  readonly wanted: readonly string[];
  readonly actual: ActualValue;
} & Reasoned<KeyMissReason, KeyDoubtReason>;

/** The results for all keys under one operator. */
export interface OperatorResult {
  readonly operator: OperatorName;
  readonly match: Verdict;
  readonly keys: readonly KeyResult[];
}

/** Why a principal is not the one that STS derives from the token's issuer. */
export type PrincipalMissReason =
  | "principal-is-other-provider"
  | "principal-in-other-account"
  | "principal-in-other-partition"
  | "principal-case-differs"
  /** The same host with a scheme, a trailing slash or similar: to IAM, a different provider. */
  | "principal-url-differs"
  | "principal-not-federated";

/** The result for the principal. */
export type PrincipalResult = {
  readonly place: string;
  readonly wanted: readonly string[];
  readonly actual: string;
} & Reasoned<PrincipalMissReason, "principal-is-everyone">;

/** The result for the action. */
export type ActionResult = {
  readonly place: string;
  readonly wanted: readonly string[];
  readonly actual: StsAction;
} & Reasoned<"action-not-listed" | "action-excluded", never>;

/** The result for one statement. */
export interface StatementResult {
  readonly index: number;
  readonly place: string;
  readonly sid?: string;
  readonly effect: Effect;
  /** Whether the statement applies to the request: principal, action and every condition. */
  readonly match: Verdict;
  readonly principal: PrincipalResult;
  readonly action: ActionResult;
  readonly conditions: readonly OperatorResult[];
}

/**
 * What a trust policy says to a request.
 *
 * `action` is the one that decided; `statements` holds the result of every statement for it.
 */
export type TrustDecision = {
  readonly action: StsAction;
  readonly statements: readonly StatementResult[];
} & (
  | { readonly outcome: "allowed"; readonly by: StatementResult }
  | { readonly outcome: "explicitly-denied"; readonly by: StatementResult }
  | { readonly outcome: "implicitly-denied" }
  /** It depends on what cannot be seen from here: `open` holds the statements that would settle it. */
  | { readonly outcome: "undetermined"; readonly open: readonly StatementResult[] }
);

/** One thing that kept a statement from applying, or left it undecided. */
export type StatementMiss =
  | ({ readonly kind: "principal" } & Exclude<PrincipalResult, { match: "yes" }>)
  | ({ readonly kind: "action" } & Exclude<ActionResult, { match: "yes" }>)
  | ({ readonly kind: "condition"; readonly operator: OperatorName } & Exclude<KeyResult, { match: "yes" }>);

/** Everything that kept a statement from applying, in the order of the policy. */
export function listMisses(statement: StatementResult): readonly StatementMiss[] {
  const { principal, action } = statement;
  return [
    ...(principal.match === "yes" ? [] : [{ kind: "principal" as const, ...principal }]),
    ...(action.match === "yes" ? [] : [{ kind: "action" as const, ...action }]),
    ...statement.conditions.flatMap(({ operator, keys }) =>
      keys.flatMap((key) => (key.match === "yes" ? [] : [{ kind: "condition" as const, operator, ...key }])),
    ),
  ];
}
