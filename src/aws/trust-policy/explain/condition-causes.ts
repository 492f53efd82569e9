import type { NamedCause } from "../../../foundation/cause.ts";
import { showValue } from "../../../foundation/quote.ts";
import { isPersonalKey } from "../evaluate/conditions.ts";
import type { ActualValue, StatementMiss, StatementResult } from "../evaluate/decision.ts";
import { GITLAB_COM_KEYS, issuerKeys } from "../model/condition-keys.ts";
import { hasWildcard } from "../model/glob.ts";
import { issuerPrefix } from "../model/provider.ts";
import { claimValues, type WebIdentityRequestContext } from "../model/request.ts";
import { adviseOnClaim } from "../model/sub-components.ts";
import { parseSubject, subjectValue } from "../model/subject.ts";
import { claimCause } from "./claim-causes.ts";
import { differenceOf } from "./closest.ts";
import { CONDITION_REASONS } from "./condition-reasons.ts";
import { explainSubjectDifference } from "./subject-causes.ts";

type ConditionMiss = Extract<StatementMiss, { kind: "condition" }>;

/** Says why one condition does not hold: for `sub`, which components differ; for a pinned claim, what would match. */
export function explainCondition(
  miss: ConditionMiss,
  statement: StatementResult,
  context: WebIdentityRequestContext,
): readonly NamedCause[] {
  const { reason } = miss;
  if (reason === "wildcard-under-equals") return [explainWildcard(miss)];
  const difference = differenceOf(miss, context);
  if (difference !== undefined) {
    const key = `${issuerPrefix(context.issuer)}:sub`;
    const causes = explainSubjectDifference({ ...difference, key, issuer: context.issuer });
    return withComparison(causes, compared(miss));
  }
  if (reason === "key-of-other-issuer") {
    return withComparison([explainOtherKey(miss, context)], compared(miss));
  }
  if (reason === "key-not-available-for-issuer") {
    return withComparison([explainUnavailable(miss, context)], compared(miss));
  }
  const pinned = claimCause(miss, { claims: context.claims, refs: refsOf(statement) });
  return withComparison([pinned ?? genericCause(miss, CONDITION_REASONS[reason])], compared(miss));
}

/** The values are shown once, after the first of several causes. */
function withComparison(causes: readonly NamedCause[], comparison: string): readonly NamedCause[] {
  return causes.map((cause, index) =>
    index === 0 ? { ...cause, reason: `${cause.reason}\n${comparison}` } : cause,
  );
}

/** The refs that the conditions on `sub` want. */
function refsOf({ conditions }: StatementResult): readonly string[] {
  return conditions
    .flatMap(({ keys }) => keys)
    .filter(({ key }) => /:sub$/i.test(key))
    .flatMap(({ wanted }) => wanted.flatMap((value) => subjectValue(value, "ref") ?? []));
}

/** The key begins with something other than the issuer. */
function explainOtherKey(miss: ConditionMiss, context: WebIdentityRequestContext): NamedCause {
  return {
    id: "other-key",
    reason: "A condition tests a key of another issuer, not of the token's.",
    fix: correctKey(miss, context),
  };
}

/** With the issuer's own key, if AWS offers it. */
function correctKey(miss: ConditionMiss, { issuer, claims }: WebIdentityRequestContext): string {
  const [prefix, claim] = [issuerPrefix(issuer), claimOf(miss)];
  if (!issuerKeys(prefix).some(({ name }) => name === claim)) {
    return adviseOnClaim(claim, claimValues(claims.sub)[0]);
  }
  const fix = `Write the key as \`${prefix}:${claim}\`, if the job's issuer is the intended one.`;
  return miss.wanted.some(hasWildcard)
    ? `${fix} Narrow its value first: with the wildcard it may admit others too.`
    : fix;
}

const claimOf = ({ key }: ConditionMiss): string => key.slice(key.lastIndexOf(":") + 1).toLowerCase();

/** The claim is not a condition key, but `sub` may contain it. */
function explainUnavailable(miss: ConditionMiss, { claims }: WebIdentityRequestContext): NamedCause {
  const claim = claimOf(miss);
  const [sub] = claimValues(claims.sub);
  return {
    id: "unavailable-key",
    reason: GITLAB_COM_KEYS.some(({ name }) => name === claim)
      ? "A condition tests a key that AWS offers for gitlab.com only, so it never matches."
      : "A condition tests a claim that AWS offers no condition key for, so it never matches.",
    fix: adviseOnClaim(claim, sub),
  };
}

function genericCause(
  miss: ConditionMiss,
  { text, fix }: { readonly text: string; readonly fix: string },
): NamedCause {
  return { id: idOf(miss), reason: text, fix };
}

function idOf({ reason, key, place }: ConditionMiss): string {
  if (reason === "value-excluded") return "excluded";
  return /:aud$/i.test(key) ? "other-audience" : place;
}

function explainWildcard(miss: ConditionMiss): NamedCause {
  return {
    id: "eq-wildcard",
    reason: `\`${miss.operator}\` is used with a wildcard, which it takes literally, so it never matches.\n${compared(miss)}`,
    fix: isPersonalKey(miss.key) ? "Use `StringLike`." : correctWildcard(miss),
  };
}

/** Exactly this job; the wildcard operator is suggested only if it does not admit whole projects. */
function correctWildcard({ key, wanted, actual, operator }: ConditionMiss): string {
  const [value] = actual.kind === "values" ? actual.values : [];
  const isOpen = /:sub$/i.test(key) && wanted.some(isWide);
  const exact = `"${operator}": ${JSON.stringify({ [key]: value })}`;
  return isOpen
    ? exact
    : `Use \`StringLike\` to admit everything that matches the wildcard; for this job alone:\n${exact}`;
}

/** Whether a pattern for `sub` matches any project, or any ref. */
function isWide(pattern: string): boolean {
  const components = parseSubject(pattern);
  const find = (names: RegExp) => components.find(({ name }) => names.test(name))?.value ?? "*";
  const isOpen = hasWildcard(find(/^(source_)?project_(path|id)$/)) || hasWildcard(find(/^ref_type$/));
  return isOpen || /^[*?]/.test(find(/^ref$/));
}

const MAX_VALUES = 3;
const MAX_COLUMNS = 75;

/** The place, what the policy wants there and what the token has; the values of personal claims are not shown. */
function compared(miss: ConditionMiss): string {
  const { place, wanted, actual, reason } = miss;
  if (isPersonalKey(miss.key)) return `${place}: values of personal claims are not shown`;
  const shown = wanted.slice(0, MAX_VALUES).map(showValue);
  const rest = wanted.length > MAX_VALUES ? ` and ${wanted.length - MAX_VALUES} more` : "";
  const isLong = shown.join(" or ").length > MAX_COLUMNS;
  const values = `${shown.join(isLong ? "\n    or " : " or ")}${rest}`;
  const [policy, token] =
    reason === "value-excluded" ? ["policy excludes", "token has      "] : ["policy wants", "token has   "];
  // Text that is longer than a line goes on its own line.
  const gap = isLong ? "\n    " : "  ";
  return `${place}\n  ${policy}${gap}${values}\n  ${token}  ${describeActual(actual)}`;
}

function describeActual(actual: ActualValue): string {
  if (actual.kind === "values") return actual.values.map(showValue).join(", ");
  return actual.kind === "absent" ? "no such key" : "not visible from here";
}
