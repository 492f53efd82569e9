import { memberPlace } from "../../../foundation/json-places.ts";
import { evaluateCondition } from "../evaluate/conditions.ts";
import { type ConditionKeyValue, keyNameFor } from "../model/condition-keys.ts";
import { type Operator, type OperatorName, readOperator } from "../model/operators.ts";
import {
  type ConditionTest,
  conditionPlace,
  type PolicyVersion,
  type Statement,
  statementPlace,
} from "../model/policy.ts";
import { issuerPrefix } from "../model/provider.ts";
import { renderStatement } from "../model/render.ts";
import { escapePolicyVariables, supportsPolicyVariables } from "../model/variables.ts";
import type { LintCorrection, LintFault, LintSite } from "./finding.ts";

/** The claims that decide who is admitted. */
export const IDENTITY_CLAIMS = ["sub", "aud"] as const;

export type IdentityClaim = (typeof IDENTITY_CLAIMS)[number];

/** The claim that a key names, whatever comes before the colon. */
function claimOf(key: string): string {
  return key.slice(key.lastIndexOf(":") + 1).toLowerCase();
}

/** The tests of a statement that name a claim, under any prefix. */
export function testsOf(statement: Statement, claim: IdentityClaim): readonly ConditionTest[] {
  return statement.conditions.filter((test) => claimOf(test.key) === claim);
}

/** Whether an operator compares with wanted values, not with excluded ones. */
function isPositive(operator: Operator): boolean {
  return operator.kind === "comparison" && operator.row.polarity === "positive";
}

/** Whether `*` and `?` in the values of a test are wildcards. */
export function takesWildcards(test: ConditionTest): boolean {
  const operator = readOperator(test.operator);
  return operator.kind === "comparison" && operator.row.wildcards === "active";
}

/** The tests that name wanted values of a claim. */
export function positiveTestsOf(statement: Statement, claim: IdentityClaim): readonly ConditionTest[] {
  return testsOf(statement, claim).filter((test) => isPositive(readOperator(test.operator)));
}

/** Whether a test can hold for a request whose key has this value. */
export function testAdmits(test: ConditionTest, value: string, version: PolicyVersion | undefined): boolean {
  const known: ConditionKeyValue = { kind: "present", values: [value] };
  const other: ConditionKeyValue = {
    kind: "unknown",
    reason: "key-not-visible-offline",
    presence: "unknown",
  };
  const lookUp = (key: string) => (key === test.key ? known : other);
  return evaluateCondition(test, { version, lookUp }).match !== "no";
}

/** Whether a test holds for a token that does not have the key. */
export function holdsWithoutKey(site: LintSite, test: ConditionTest): boolean {
  const lookUp = (): ConditionKeyValue => ({ kind: "absent", reason: "key-absent" });
  return evaluateCondition(test, { version: site.policy.version, lookUp }).match === "yes";
}

/** Whether a condition key is GitHub's. */
export function isGithubKey(key: string): boolean {
  return key.toLowerCase().startsWith("token.actions.githubusercontent.com:");
}

/** Whether a statement asks for keys of more than one of the providers that it trusts. */
export function mixesProviders(site: LintSite): boolean {
  const asked = site.statement.conditions
    .filter((test) => !holdsWithoutKey(site, test))
    .flatMap(({ key }) => site.hosts.find((host) => keyNameFor(key, host) !== undefined) ?? []);
  return new Set(asked).size > 1;
}

/** Whether some statement admits this value of a claim; one that does not test the claim does. */
export function someStatementAdmits(site: LintSite, claim: IdentityClaim, value: string): boolean {
  return site.siblings.some((statement) =>
    testsOf(statement, claim).every((test) => testAdmits(test, value, site.policy.version)),
  );
}

/** The policy's own text of a value, without its variables. */
export function withoutVariables(value: string, version: PolicyVersion | undefined): string {
  return supportsPolicyVariables(version) ? value.replaceAll(/\$\{[^}]*\}/g, "") : value;
}

/** Offers a statement that replaces the linted one. */
export function correctStatement(site: LintSite, statement: Statement): LintCorrection {
  return { place: statementPlace(site.index), text: renderStatement(statement) };
}

/** A fault of one test, with the corrected statement, if any. */
export function faultOf(
  site: LintSite,
  test: ConditionTest,
  found: { readonly message: string; readonly corrected?: Statement | undefined },
): LintFault {
  const place = conditionPlace(site.index, test);
  if (found.corrected === undefined) return { place, message: found.message };
  return { place, message: found.message, correction: correctStatement(site, found.corrected) };
}

/** Replaces a test; `undefined` if the statement already tests that operator and key otherwise. */
export function replaceTest(
  statement: Statement,
  test: ConditionTest,
  replacement: ConditionTest,
): Statement | undefined {
  const collides = statement.conditions.some(
    (other) => other !== test && other.operator === replacement.operator && other.key === replacement.key,
  );
  if (collides) return undefined;
  const conditions = statement.conditions.map((other) => (other === test ? replacement : other));
  return { ...statement, conditions };
}

/** Renames condition keys; `undefined` if two tests would then be one. */
export function renameKeys(statement: Statement, rename: (key: string) => string): Statement | undefined {
  const conditions = statement.conditions.map((test) => ({ ...test, key: rename(test.key) }));
  const names = new Set(conditions.map(({ operator, key }) => `${operator} ${key}`));
  return names.size < conditions.length ? undefined : { ...statement, conditions };
}

/** Requires exactly these values of a claim instead of the wanted ones; excluded values stay. */
function demandExactly(
  site: LintSite,
  claim: IdentityClaim,
  values: readonly string[],
): Statement | undefined {
  const [host, ...others] = site.hosts;
  if (host === undefined || others.length > 0) return undefined;
  const kept = site.statement.conditions.filter(
    (test) => claimOf(test.key) !== claim || !isPositive(readOperator(test.operator)),
  );
  const escapes = supportsPolicyVariables(site.policy.version);
  const demand: ConditionTest = {
    operator: "StringEquals",
    key: `${host}:${claim}`,
    values: escapes ? values.map(escapePolicyVariables) : values,
  };
  return { ...site.statement, conditions: [...kept, demand] };
}

/** Requires exactly the `sub` of the job that should be admitted, if it is known. */
export function demandSubject(site: LintSite): Statement | undefined {
  const { subject } = site.options;
  return subject === undefined ? undefined : demandExactly(site, "sub", [subject]);
}

/**
 * Requires exactly the job's `sub` and `aud`; `undefined` unless both are known and the statement is for this issuer.
 */
export function narrowToJob(site: LintSite): Statement | undefined {
  const { issuer } = site.options;
  if (issuer === undefined || !site.hosts.includes(issuerPrefix(issuer))) return undefined;
  const own = { ...site, hosts: [issuerPrefix(issuer)] };
  const statement = demandSubject(own);
  return statement && demandAudience({ ...own, statement });
}

/** An operator without its set qualifier and `IfExists`. */
export function plainOperator(name: OperatorName): OperatorName {
  const operator = readOperator(name);
  return operator.kind === "null" ? "Null" : operator.base;
}

/** Requires exactly that job's audience, if it is known and there is only one. */
export function demandAudience(site: LintSite): Statement | undefined {
  const [audience, ...others] = site.options.audiences ?? [];
  return audience === undefined || others.length > 0 ? undefined : demandExactly(site, "aud", [audience]);
}

/** How to require a claim that a statement does not test, or tests wrongly. */
export const CORRECTIONS: Readonly<Record<IdentityClaim, (site: LintSite) => Statement | undefined>> = {
  sub: demandSubject,
  aud: demandAudience,
};

/** A fault of a statement that does not test a claim; `openTo` says what that lets in. */
export function missingClaim(site: LintSite, claim: IdentityClaim, openTo: string): LintFault {
  const [host = "<issuer>"] = site.hosts;
  const corrected = CORRECTIONS[claim](site);
  return {
    place: memberPlace(statementPlace(site.index), "Condition"),
    message: `"Condition" does not test "${host}:${claim}": ${openTo}. Add it under "StringEquals".`,
    ...(corrected === undefined ? {} : { correction: correctStatement(site, corrected) }),
  };
}
