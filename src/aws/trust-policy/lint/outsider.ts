import { allowsAction } from "../evaluate/actions.ts";
import { type ConditionScope, evaluateCondition } from "../evaluate/conditions.ts";
import { createKeyLookup } from "../evaluate/key-lookup.ts";
import { evaluatePrincipal } from "../evaluate/principals.ts";
import { type ConditionKeyValue, issuerKeys, type KeyLookup, keyNameFor } from "../model/condition-keys.ts";
import { hasWildcard } from "../model/glob.ts";
import { type ConditionTest, principalIds, type Statement, statementPlace } from "../model/policy.ts";
import { parseProviderArn } from "../model/provider.ts";
import {
  ASSUME_ROLE_WITH_WEB_IDENTITY,
  buildRequestContext,
  type WebIdentityRequestContext,
} from "../model/request.ts";
import type { LintSite } from "./finding.ts";
import { takesWildcards } from "./site.ts";

/** A GitLab token of someone who should surely not have the role. */
export interface Outsider {
  /** `sub` of the token. */
  readonly subject: string;
  /** Whether the project is one that the policy may name by its id. */
  readonly project: "named" | "other";
  /** The same of the project's group. */
  readonly namespace: "named" | "other";
  /** Whether GitLab protects the ref; owners of a project protect what they like. */
  readonly refProtected: "any" | "false";
  /** The person's role in the project; `any` in their own. */
  readonly accessLevel: "any" | "developer";
}

/** Text that no policy names, for parts of a token that outsiders choose. */
export const OUTSIDE = "outsider";

/** Someone with their own project and group. */
export const stranger = (subject: string): Outsider => ({
  subject,
  project: "other",
  namespace: "other",
  refProtected: "any",
  accessLevel: "any",
});

/** Someone who may push to a project that the policy names, but not to its protected refs. */
export const contributor = (subject: string): Outsider => ({
  subject,
  project: "named",
  namespace: "named",
  refProtected: "false",
  accessLevel: "developer",
});

/** A value that the outsider chooses, or that some outsider has. */
const ANY: ConditionKeyValue = { kind: "unknown", reason: "key-not-visible-offline", presence: "always" };

/** GitLab issues no `amr` and no `email` today, but that may change. */
const PERHAPS: ConditionKeyValue = { ...ANY, presence: "unknown" };

const exactly = (value: string): ConditionKeyValue => ({
  kind: "present",
  values: [value],
});

/** Operators for which a value without wildcards means that value alone. */
const NAMING = /^(String(Not)?(Equals|Like)|NumericEquals|Null)/;

/** The value that a key naming someone in the policy has in someone else's token. */
function otherThanNamed(tests: readonly ConditionTest[]): ConditionKeyValue {
  const isNaming = ({ operator }: ConditionTest) => NAMING.test(operator.replace(/^ForA\w+:/, ""));
  const isExact = (test: ConditionTest) => !(takesWildcards(test) && test.values.some(hasWildcard));
  return tests.length > 0 && tests.every((test) => isNaming(test) && isExact(test)) ? exactly("0") : ANY;
}

type ClaimSource = (outsider: Outsider, tests: readonly ConditionTest[]) => ConditionKeyValue;

/**
 * Claims that outsiders do not choose; names in lower case. Who started the pipeline is not among them: someone whom
 * the policy names can be talked into starting one in another project, or on another branch.
 */
const CLAIM_SOURCES: ReadonlyMap<string, ClaimSource> = new Map<string, ClaimSource>([
  ["sub", ({ subject }) => exactly(subject)],
  ["amr", () => PERHAPS],
  ["email", () => PERHAPS],
  ["project_id", ({ project }, tests) => (project === "named" ? ANY : otherThanNamed(tests))],
  ["namespace_id", ({ namespace }, tests) => (namespace === "named" ? ANY : otherThanNamed(tests))],
  ["ref_protected", ({ refProtected }) => (refProtected === "any" ? ANY : exactly(refProtected))],
  ["user_access_level", ({ accessLevel }) => (accessLevel === "any" ? ANY : exactly(accessLevel))],
]);

function lookUpFor(outsider: Outsider, site: LintSite, context: WebIdentityRequestContext): KeyLookup {
  const host = context.issuer;
  const lookUpOther = createKeyLookup(context);
  return (key) => {
    const name = keyNameFor(key, host);
    if (name === undefined || !issuerKeys(host).some((known) => known.name === name)) return lookUpOther(key);
    const tests = site.statement.conditions.filter((test) => keyNameFor(test.key, host) === name);
    return CLAIM_SOURCES.get(name)?.(outsider, tests) ?? ANY;
  };
}

/** A request with a token of a provider that the statement trusts; its issuer is given as the prefix of its keys. */
function contextFor(site: LintSite, host: string): WebIdentityRequestContext {
  const providers = principalIds(site.statement.principal, "Federated").map(parseProviderArn);
  const home = site.options.role ?? providers.find((provider) => provider !== undefined);
  const { partition = "aws", accountId = "" } = home ?? {};
  const role = { arn: "", partition, accountId };
  return buildRequestContext({ role, issuer: host, claims: {} });
}

function isDenied(site: LintSite, context: WebIdentityRequestContext, scope: ConditionScope): boolean {
  const denies = (statement: Statement, index: number) =>
    statement.effect === "Deny" &&
    evaluatePrincipal(statement, context, statementPlace(index)).match === "yes" &&
    allowsAction(statement.action, ASSUME_ROLE_WITH_WEB_IDENTITY) &&
    statement.conditions.every((test) => evaluateCondition(test, scope).match === "yes");
  return site.policy.statements.some(denies);
}

/**
 * Tells whether a statement lets an outsider in, as far as can be known without asking AWS. What is unknown counts
 * against the policy; another statement that certainly denies counts in its favour.
 */
export function admits(site: LintSite, outsider: Outsider): boolean {
  if (site.hosts.length === 0) return true;
  return site.hosts.some((host) => {
    const context = contextFor(site, host);
    const scope = { version: site.policy.version, lookUp: lookUpFor(outsider, site, context) };
    const holds = (test: ConditionTest) => evaluateCondition(test, scope).match !== "no";
    return site.statement.conditions.every(holds) && !isDenied(site, context, scope);
  });
}
