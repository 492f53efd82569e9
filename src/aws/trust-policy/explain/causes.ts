import type { NamedCause } from "../../../foundation/cause.ts";
import { isPersonalClaim } from "../../../foundation/claim-privacy.ts";
import {
  listMisses,
  type StatementMiss,
  type StatementResult,
  type TrustDecision,
} from "../evaluate/decision.ts";
import type { WebIdentityRequestContext } from "../model/request.ts";
import { closestStatement, isSubject } from "./closest.ts";
import { explainCondition } from "./condition-causes.ts";
import { CONDITION_REASONS } from "./condition-reasons.ts";
import {
  explainGithubKeys,
  explainMixedProviders,
  explainPrincipal,
  isOtherIssuer,
} from "./provider-causes.ts";
import { explainUntold, isUntold } from "./untold.ts";

/**
 * Says why a trust policy does not allow a request: what keeps the closest statement from applying, the most telling
 * first; or what is undecided, if that cannot be seen from here.
 */
export function explainDecision(
  decision: TrustDecision,
  context: WebIdentityRequestContext,
): readonly NamedCause[] {
  switch (decision.outcome) {
    case "allowed":
      return [];
    case "explicitly-denied":
      return [explainDeny(decision.by)];
    case "undetermined":
      return decision.open.flatMap((statement) => explainOpen(statement, context));
    case "implicitly-denied": {
      const closest = closestStatement(decision.statements, context);
      return closest === undefined ? [NO_ALLOW] : explainRefusal(closest, context);
    }
  }
}

/** If the provider is a different one, its conditions are about other tokens. */
function explainRefusal(
  statement: StatementResult,
  context: WebIdentityRequestContext,
): readonly NamedCause[] {
  const misses = listMisses(statement);
  const other = misses.find(isOtherIssuer);
  if (other !== undefined) return [explainPrincipal(other, statement)];
  const mixed = explainMixedProviders(statement, misses) ?? explainGithubKeys(misses, context);
  if (mixed !== undefined) return [mixed];
  const sure = inOrder(misses.filter((miss) => miss.match === "no"));
  return [
    ...sure.flatMap((miss) => explainMiss(miss, statement, context)),
    ...explainDoubts(statement, context),
  ];
}

/** What is undecided about a statement, besides what certainly keeps it from applying. */
function explainDoubts(
  statement: StatementResult,
  context: WebIdentityRequestContext,
): readonly NamedCause[] {
  const open = listMisses(statement).filter((miss) => miss.match === "unknown" && !isUntold(miss));
  return [...open.flatMap((miss) => explainMiss(miss, statement, context)), ...explainUntold(statement)];
}

const NO_ALLOW: NamedCause = {
  id: "no-allow",
  reason: "OIDC is not configured for this project: no statement of the trust policy allows anything.",
  fix: "Check that this is the right role; if so, add a statement for this project.",
};

function explainDeny(statement: StatementResult): NamedCause {
  const keys = statement.conditions.flatMap((operator) => operator.keys.map(({ key }) => key));
  const [how, fix] =
    keys.length === 0
      ? ["without a condition", "Ask whoever wrote it: it denies everyone, which is a way to lock a role."]
      : [
          `by its condition on ${keys.join(", ")}`,
          "Run the job where that statement does not apply. Ask its author before you change it.",
        ];
  return {
    id: "explicit-deny",
    reason: `${nameOf(statement)} denies this job, ${how}; a Deny overrides every Allow.`,
    fix,
  };
}

/** What an undecided statement depends on; one that may deny needs no fix. */
function explainOpen(statement: StatementResult, context: WebIdentityRequestContext): readonly NamedCause[] {
  if (statement.effect === "Allow") return explainDoubts(statement, context);
  const misses = listMisses(statement);
  const untold = explainUntold(statement);
  const dependsOn = misses.map((miss) => (miss.kind === "condition" ? miss.key : miss.place));
  return [
    {
      id: "open-deny",
      reason: `${nameOf(statement)} may deny this job: it depends on ${dependsOn.join(", ")}, which cannot be seen from here. A Deny overrides every Allow.`,
      fix: untold[0]?.fix ?? CONDITION_REASONS["key-not-visible-offline"].fix,
    },
  ];
}

function nameOf({ place, sid }: StatementResult): string {
  return sid === undefined ? place : `${place} ("${sid}")`;
}

const KIND_ORDER: readonly StatementMiss["kind"][] = ["principal", "action", "condition"];

/** Provider, action, `sub`, then the rest. */
function inOrder(misses: readonly StatementMiss[]): readonly StatementMiss[] {
  const rank = (miss: StatementMiss): number =>
    KIND_ORDER.indexOf(miss.kind) + (miss.kind === "condition" && !isSubject(miss) ? 1 : 0);
  return [...misses].sort((left, right) => rank(left) - rank(right));
}

function explainMiss(
  miss: StatementMiss,
  statement: StatementResult,
  context: WebIdentityRequestContext,
): readonly NamedCause[] {
  switch (miss.kind) {
    case "principal":
      return [explainPrincipal(miss, statement)];
    case "action":
      return [
        {
          id: "action-missing",
          reason: `${miss.place} allows ${miss.wanted.join(", ")}, but not ${miss.actual}.`,
          fix: asksForSubject(statement) ? `"Action": "${miss.actual}"` : NO_ALLOW.fix,
        },
      ];
    case "condition":
      return explainCondition(miss, statement, context);
  }
}

/** A statement without a condition on `sub` must not be changed to admit this job: it would admit all others too. */
function asksForSubject({ conditions }: StatementResult): boolean {
  return conditions.some(({ keys }) => keys.some(({ key }) => /:sub$/i.test(key)));
}

/**
 * Whether a statement in JSON has a condition on a claim about the person who started the pipeline, with its values.
 */
export function holdsPersonalValues(statement: string): boolean {
  return [...statement.matchAll(/:(\w+)"/g)].some(([, name = ""]) => isPersonalClaim(name));
}
