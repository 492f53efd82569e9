import { hasWildcard } from "../model/glob.ts";
import { type OperatorName, readOperator } from "../model/operators.ts";
import { type ConditionTest, conditionPlace, type Statement } from "../model/policy.ts";
import { hasPolicyVariable, supportsPolicyVariables } from "../model/variables.ts";
import type { LintFault, LintSite } from "./finding.ts";
import {
  demandSubject,
  faultOf,
  IDENTITY_CLAIMS,
  type IdentityClaim,
  plainOperator,
  positiveTestsOf,
  replaceTest,
  testAdmits,
  testsOf,
  withoutVariables,
} from "./site.ts";

const EXACT_OPERATORS: readonly string[] = ["StringEquals", "StringEqualsIgnoreCase"];

const baseOf = (name: OperatorName): string => plainOperator(name);

function holdsWildcard(site: LintSite, test: ConditionTest): boolean {
  return test.values.some((value) => hasWildcard(withoutVariables(value, site.policy.version)));
}

/** `*` and `?` mean themselves under `StringEquals`. */
export function findWildcardUnderEquals(site: LintSite): readonly LintFault[] {
  return site.statement.conditions
    .filter((test) => EXACT_OPERATORS.includes(baseOf(test.operator)) && holdsWildcard(site, test))
    .map((test) => {
      const operator = test.operator.replace("StringEquals", "StringLike") as OperatorName;
      const isExact = baseOf(test.operator) === "StringEquals";
      return faultOf(site, test, {
        message: `"${test.operator}" takes "*" and "?" literally, so "${test.key}" never matches. Use "StringLike".`,
        corrected: isExact ? replaceTest(site.statement, test, { ...test, operator }) : undefined,
      });
    });
}

/** `StringLike` without a wildcard looks as if one were intended. */
export function findLikeWithoutWildcard(site: LintSite): readonly LintFault[] {
  return site.statement.conditions
    .filter((test) => baseOf(test.operator) === "StringLike")
    .filter((test) => !test.values.some((value) => hasWildcard(value) || hasPolicyVariable(value)))
    .map((test) => {
      const operator = test.operator.replace("StringLike", "StringEquals") as OperatorName;
      return faultOf(site, test, {
        message: `"${test.key}" has no wildcard under "${test.operator}". Use "StringEquals".`,
        corrected: replaceTest(site.statement, test, { ...test, operator }),
      });
    });
}

const identityTests = (statement: Statement): readonly ConditionTest[] =>
  IDENTITY_CLAIMS.flatMap((claim) => testsOf(statement, claim));

/** Without its modifiers a negated operator, or `Null`, can hold where the outcome was open before. */
function withPlainOperator(site: LintSite, test: ConditionTest): Statement | undefined {
  const operator = readOperator(test.operator);
  if (operator.kind === "null" || operator.row.polarity === "negated") return undefined;
  return replaceTest(site.statement, test, { ...test, operator: plainOperator(test.operator) });
}

const isNull = ({ operator }: ConditionTest): boolean => readOperator(operator).kind === "null";

/** Removing the set operator could admit those whom this keeps out. */
function undocumented({ operator, key }: ConditionTest): string {
  return `AWS does not document what IAM does with "${operator}". Say what "${key}" must be instead.`;
}

/** Access Analyzer flags it too. IAM User Guide, "Single-valued vs. multivalued context keys". */
export function findForAllValues(site: LintSite): readonly LintFault[] {
  return identityTests(site.statement)
    .filter((test) => readOperator(test.operator).qualifier === "ForAllValues")
    .map((test) =>
      faultOf(site, test, {
        message: isNull(test)
          ? undocumented(test)
          : `"ForAllValues" also holds when the token has no "${test.key}". Remove it.`,
        corrected: withPlainOperator(site, test),
      }),
    );
}

/** A ref in different case is a different ref, which GitLab may not protect. */
export function findIgnoredCase(site: LintSite): readonly LintFault[] {
  return positiveTestsOf(site.statement, "sub")
    .filter((test) => baseOf(test.operator) === "StringEqualsIgnoreCase")
    .map((test) => {
      const operator = test.operator.replace("IgnoreCase", "") as OperatorName;
      return faultOf(site, test, {
        message: `"${test.operator}" also admits refs in a different case, such as an unprotected branch "MAIN". Use "StringEquals".`,
        corrected: replaceTest(site.statement, test, { ...test, operator }),
      });
    });
}

/** Whether a value is only the policy variable of the key that it is compared with, and wildcards. */
function repeatsKey(test: ConditionTest, value: string): boolean {
  const operator = readOperator(test.operator);
  if (operator.kind !== "comparison" || operator.row.variables !== "expanded") return false;
  const name = (body: string) => body.split(",")[0]?.trim().toLowerCase();
  const variables = [...value.matchAll(/\$\{([^}]*)\}/g)].map(([, body = ""]) => name(body));
  const rest = value.replaceAll(/\$\{[^}]*\}/g, "").replaceAll("*", "");
  return rest === "" && variables.length === 1 && variables[0] === test.key.toLowerCase();
}

/** A key compared with itself. IAM User Guide, "IAM policy elements: Variables and tags". */
export function findSelfComparison(site: LintSite): readonly LintFault[] {
  if (!supportsPolicyVariables(site.policy.version)) return [];
  return site.statement.conditions
    .filter((test) => test.values.some((value) => repeatsKey(test, value)))
    .filter((test) => {
      const operator = readOperator(test.operator);
      return operator.kind === "comparison" && operator.row.polarity === "positive";
    })
    .map((test) =>
      faultOf(site, test, {
        message: `"${test.key}" is compared with its own value. That always holds, for every token${/:sub$/i.test(test.key) ? " of every project" : ""}. Write the value that it must have.`,
        corrected: /:sub$/i.test(test.key) ? demandSubject(site) : undefined,
      }),
    );
}

export function findForAnyValue(site: LintSite): readonly LintFault[] {
  return identityTests(site.statement)
    .filter((test) => readOperator(test.operator).qualifier === "ForAnyValue")
    .map((test) =>
      faultOf(site, test, {
        message: isNull(test)
          ? undocumented(test)
          : `"${test.key}" has only one value; "ForAnyValue" is for keys with several. Remove it.`,
        corrected: withPlainOperator(site, test),
      }),
    );
}

export function findIfExists(site: LintSite): readonly LintFault[] {
  return identityTests(site.statement)
    .filter((test) => test.operator.endsWith("IfExists"))
    .map((test) =>
      faultOf(site, test, {
        message: `"${test.operator}" also holds when the token has no "${test.key}". Remove "IfExists".`,
        corrected: withPlainOperator(site, test),
      }),
    );
}

function findNegatedOnlyClaim(site: LintSite, claim: IdentityClaim): readonly LintFault[] {
  const [test] = testsOf(site.statement, claim);
  if (test === undefined || positiveTestsOf(site.statement, claim).length > 0) return [];
  // No token lacks the claim.
  if (test.operator === "Null" && !test.values.some((value) => value.toLowerCase() === "false")) return [];
  return [
    faultOf(site, test, {
      message: `"${test.key}" only excludes values, so all others are admitted. Say what it must be.`,
      corrected: claim === "sub" ? demandSubject(site) : undefined,
    }),
  ];
}

export function findNegatedOnly(site: LintSite): readonly LintFault[] {
  return IDENTITY_CLAIMS.flatMap((claim) => findNegatedOnlyClaim(site, claim));
}

/** Tests whose outcome depends on the key's value alone. */
function plainTests(statement: Statement): readonly ConditionTest[] {
  return statement.conditions.filter((test) => {
    const operator = readOperator(test.operator);
    return operator.kind === "comparison" && test.operator === operator.base;
  });
}

const MERGEABLE: readonly string[] = ["StringEquals", "StringLike"];

/** Alternatives belong in one list: a second test is required as well. */
function mergeAlternatives(statement: Statement, tests: readonly ConditionTest[]): Statement | undefined {
  const [first] = tests;
  if (first === undefined || !tests.every((test) => MERGEABLE.includes(test.operator))) return undefined;
  const isPattern = tests.some((test) => test.operator === "StringLike");
  const merged: ConditionTest = {
    operator: isPattern ? "StringLike" : "StringEquals",
    key: first.key,
    values: [...new Set(tests.flatMap((test) => test.values))],
  };
  const others = statement.conditions.filter((test) => !tests.includes(test));
  return { ...statement, conditions: [...others, merged] };
}

function excludesAll(site: LintSite, exact: ConditionTest, others: readonly ConditionTest[]): boolean {
  if (exact.values.some(hasPolicyVariable)) return false;
  const { version } = site.policy;
  return exact.values.every((value) =>
    others.some((other) => !testAdmits({ ...other, key: exact.key }, value, version)),
  );
}

/** Everything in a `Condition` must hold at once, so two different equalities exclude each other. */
export function findAndedEqualities(site: LintSite): readonly LintFault[] {
  const tests = plainTests(site.statement);
  const keys = [...new Set(tests.map((test) => test.key.toLowerCase()))];
  return keys.flatMap((key) => {
    const ofKey = tests.filter((test) => test.key.toLowerCase() === key);
    const exact = ofKey.find((test) => test.operator === "StringEquals");
    if (exact === undefined) return [];
    const others = ofKey.filter((test) => test !== exact);
    if (!excludesAll(site, exact, others)) return [];
    const places = others.map((test) => `"${conditionPlace(site.index, test)}"`).join(" and ");
    return [
      faultOf(site, exact, {
        message: `No value of "${exact.key}" meets this and ${places}. Put alternatives in one list.`,
        corrected: mergeAlternatives(site.statement, ofKey),
      }),
    ];
  });
}
