import type { NamedCause } from "../../../foundation/cause.ts";
import { isPersonalClaim } from "../../../foundation/claim-privacy.ts";
import { showValue } from "../../../foundation/quote.ts";
import { isPersonalKey } from "../evaluate/conditions.ts";
import {
  type ActualValue,
  listMisses,
  type StatementMiss,
  type StatementResult,
  type TrustDecision,
} from "../evaluate/decision.ts";
import { hasWildcard } from "../model/glob.ts";
import { scalarOrList } from "../model/render.ts";
import { diffSubjects, parseSubject, type SubjectDifference } from "../model/subject.ts";
import { CONDITION_REASONS } from "./condition-reasons.ts";

type PrincipalMiss = Extract<StatementMiss, { kind: "principal" }>;
type ConditionMiss = Extract<StatementMiss, { kind: "condition" }>;

/**
 * Says why a trust policy does not allow a request: what keeps the statement that comes closest from applying, the most
 * telling first; or what is open, where that cannot be seen from here.
 */
export function explainDecision(decision: TrustDecision): readonly NamedCause[] {
  switch (decision.outcome) {
    case "allowed":
      return [];
    case "explicitly-denied":
      return [explainDeny(decision.by)];
    case "undetermined":
      return decision.open.flatMap(explainOpen);
    case "implicitly-denied": {
      const closest = closestStatement(decision.statements);
      return closest === undefined ? [NO_ALLOW] : explainRefusal(closest);
    }
  }
}

/** A statement that asks for no `sub` must not be changed so that it admits this job, since it would admit all others. */
function explainRefusal(statement: StatementResult): readonly NamedCause[] {
  const asksForSubject = statement.conditions.some(({ keys }) => keys.some(({ key }) => /:sub$/i.test(key)));
  return inOrder(listMisses(statement)).map((miss) => {
    const cause = explainMiss(miss);
    return asksForSubject || miss.kind === "condition" ? cause : { ...cause, fix: ADD_STATEMENT };
  });
}

const ADD_STATEMENT = "Add the statement below.";

const NO_ALLOW: NamedCause = {
  id: "no-allow",
  reason: "OIDC is not configured for this project: no statement of the trust policy allows anything.",
  fix: ADD_STATEMENT,
};

function explainDeny(statement: StatementResult): NamedCause {
  const keys = statement.conditions.flatMap((operator) => operator.keys.map(({ key }) => key));
  const onWhat = keys.length === 0 ? "without a condition" : `by its condition on ${keys.join(", ")}`;
  return {
    id: "explicit-deny",
    reason: `${nameOf(statement)} denies this job, ${onWhat}; a Deny wins over every Allow.`,
    fix: "Run the job where that statement does not apply. If the role is meant for this very job, except it, and nothing else, in the statement's condition.",
  };
}

/** What an open statement turns on; there is nothing to mend in one that may deny. */
function explainOpen(statement: StatementResult): readonly NamedCause[] {
  const misses = listMisses(statement);
  if (statement.effect === "Allow") return misses.map(explainMiss);
  const turnsOn = misses.map((miss) => (miss.kind === "condition" ? miss.key : miss.place));
  return [
    {
      id: "open-deny",
      reason: `${nameOf(statement)} may deny this job: it turns on ${turnsOn.join(", ")}, which cannot be told from here. A Deny wins over every Allow.`,
      fix: CONDITION_REASONS["key-not-visible-offline"].fix,
    },
  ];
}

function nameOf({ place, sid }: StatementResult): string {
  return sid === undefined ? place : `${place} ("${sid}")`;
}

/** The allowing statement that misses least; of several the first. */
function closestStatement(statements: readonly StatementResult[]): StatementResult | undefined {
  const weighed = statements
    .filter(({ effect }) => effect === "Allow")
    .map((statement) => ({ statement, distance: distanceOf(listMisses(statement)) }));
  return weighed.sort((left, right) => left.distance - right.distance)[0]?.statement;
}

/** Everything that is only a slip of the pen counts little, another project or provider much. */
function distanceOf(misses: readonly StatementMiss[]): number {
  return misses.map(weightOf).reduce((sum, weight) => sum + weight, 0);
}

function weightOf(miss: StatementMiss): number {
  if (miss.kind !== "condition") return 10;
  if (miss.reason !== "value-differs") return 1;
  const differences = subjectDifferences(miss);
  return differences.some(({ name }) => name.includes("project")) ? 8 : 1 + differences.length;
}

const KIND_ORDER: readonly StatementMiss["kind"][] = ["principal", "action", "condition"];

/** Provider, action, `sub`, then the rest. */
function inOrder(misses: readonly StatementMiss[]): readonly StatementMiss[] {
  const rank = (miss: StatementMiss): number =>
    KIND_ORDER.indexOf(miss.kind) + (miss.kind === "condition" && !isSubject(miss) ? 1 : 0);
  return [...misses].sort((left, right) => rank(left) - rank(right));
}

function explainMiss(miss: StatementMiss): NamedCause {
  switch (miss.kind) {
    case "principal":
      return explainPrincipal(miss);
    case "action":
      return {
        id: "action-missing",
        reason: `${miss.place} allows ${miss.wanted.join(", ")}, but not ${miss.actual}.`,
        fix: `"Action": "${miss.actual}"`,
      };
    case "condition":
      return explainCondition(miss);
  }
}

const PRINCIPAL_REASONS: Readonly<Record<PrincipalMiss["reason"], string>> = {
  "principal-is-other-provider":
    "OIDC is not configured for this project: the policy trusts another identity provider",
  "principal-in-other-account": "The policy trusts the identity provider of another account than the role's",
  "principal-in-other-partition": "The policy trusts the identity provider of another AWS partition",
  "principal-case-differs":
    "The identity provider's URL differs in upper and lower case from the token's issuer",
  "principal-url-differs": "The identity provider's URL is written otherwise than the token's issuer",
  "principal-not-federated":
    "OIDC is not configured for this project: the policy trusts no identity provider",
  "principal-is-everyone": "Whether AWS takes a Principal of `*` for ID tokens is documented nowhere",
};

function explainPrincipal(miss: PrincipalMiss): NamedCause {
  return {
    id: miss.reason === "principal-is-everyone" ? "everyone" : "other-project",
    reason: `${PRINCIPAL_REASONS[miss.reason]} (${miss.place}: ${miss.wanted.join(", ")}).`,
    fix: `"Principal": {"Federated": "${miss.actual}"}`,
  };
}

function isSubject(miss: ConditionMiss): boolean {
  return /:sub$/i.test(miss.key);
}

function subjectDifferences(miss: ConditionMiss): readonly SubjectDifference[] {
  const [actual] = miss.actual.kind === "values" ? miss.actual.values : [];
  if (actual === undefined || !isSubject(miss)) return [];
  const all = miss.wanted.map((wanted) => diffSubjects(wanted, actual));
  return all.sort((left, right) => left.length - right.length)[0] ?? [];
}

function explainCondition(miss: ConditionMiss): NamedCause {
  if (miss.reason === "wildcard-under-equals") return explainWildcard(miss);
  if (miss.reason === "value-differs" && isSubject(miss)) return explainSubject(miss);
  const id =
    miss.reason === "key-not-available-for-issuer"
      ? "unavailable-key"
      : /:aud$/i.test(miss.key)
        ? "other-audience"
        : miss.place;
  const { text, fix } = CONDITION_REASONS[miss.reason];
  return { id, reason: `${text}\n${compared(miss)}`, fix };
}

function explainWildcard(miss: ConditionMiss): NamedCause {
  return {
    id: "eq-wildcard",
    reason: `\`${miss.operator}\` is used with a wildcard, which it takes literally, so that it never matches.\n${compared(miss)}`,
    fix: isPersonalKey(miss.key) ? "Use `StringLike`." : mendWildcard(miss),
  };
}

/** Exactly this job, where the wildcard would let in others once it is one; else the operator for wildcards. */
function mendWildcard({ key, wanted, actual, operator }: ConditionMiss): string {
  const [value] = actual.kind === "values" ? actual.values : [];
  const isOpen = /:sub$/i.test(key) && wanted.some(isWide);
  if (isOpen && value !== undefined) return `"${operator}": ${JSON.stringify({ [key]: value })}`;
  return `"${operator.replace("StringEquals", "StringLike")}": ${JSON.stringify({ [key]: scalarOrList(wanted) })}`;
}

/** Whether a pattern for `sub` leaves open which project it is, or which ref altogether. */
function isWide(pattern: string): boolean {
  const components = parseSubject(pattern);
  const find = (names: RegExp) => components.find(({ name }) => names.test(name))?.value ?? "*";
  const isOpen = hasWildcard(find(/^(source_)?project_(path|id)$/)) || hasWildcard(find(/^ref_type$/));
  return isOpen || /^[*?]/.test(find(/^ref$/));
}

function explainSubject(miss: ConditionMiss): NamedCause {
  const names = subjectDifferences(miss).map(({ name }) => name);
  const isOtherProject = names.some((name) => name.includes("project") || name === "repo" || name === "");
  return isOtherProject
    ? {
        id: "other-project",
        reason: `OIDC is not configured for this project: the trust policy admits another one.\n${compared(miss)}`,
        fix: "Add this project to the condition, or a statement of its own.",
      }
    : {
        id: "other-ref",
        reason: `The role is restricted to another branch or tag${alsoDifferent(names)}.\n${compared(miss)}`,
        fix: "Admit this one in the condition, or run the job where the role expects it.",
      };
}

/** What of `sub` differs beside the ref, where a project has customised it. */
function alsoDifferent(names: readonly string[]): string {
  const others = names.filter((name) => name !== "ref" && name !== "ref_type");
  return others.length === 0 ? "" : ` (${showValue(others.join(", "))} differ too)`;
}

const MAX_VALUES = 3;

/** The place, what the policy wants there and what the token has; the values of personal claims are not shown. */
function compared(miss: ConditionMiss): string {
  const { place, wanted, actual } = miss;
  if (isPersonalKey(miss.key)) return `${place}: values of personal claims are not shown`;
  const shown = wanted.slice(0, MAX_VALUES).map(showValue);
  const rest = wanted.length > MAX_VALUES ? ` and ${wanted.length - MAX_VALUES} more` : "";
  return `${place}\n  policy wants  ${shown.join(" or ")}${rest}\n  token has     ${describeActual(actual)}`;
}

/** Whether a statement in JSON has a condition on a claim of the person who started the pipeline, and with it such values. */
export function holdsPersonalValues(statement: string): boolean {
  return [...statement.matchAll(/:(\w+)"/g)].some(([, name = ""]) => isPersonalClaim(name));
}

function describeActual(actual: ActualValue): string {
  if (actual.kind === "values") return actual.values.map(showValue).join(", ");
  return actual.kind === "absent" ? "no such key" : "not visible from here";
}
