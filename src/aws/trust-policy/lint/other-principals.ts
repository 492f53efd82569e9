import { memberPlace } from "../../../foundation/json-places.ts";
import { allowsAction } from "../evaluate/actions.ts";
import { keyNameFor } from "../model/condition-keys.ts";
import { type Operator, readOperator } from "../model/operators.ts";
import {
  type ConditionTest,
  isEveryone,
  principalIds,
  type Statement,
  statementPlace,
  type TrustPolicy,
} from "../model/policy.ts";
import { parseProviderArn } from "../model/provider.ts";
import { ASSUME_ROLE_WITH_WEB_IDENTITY } from "../model/request.ts";
import { hasPolicyVariable } from "../model/variables.ts";
import type { LintFault } from "./finding.ts";

/** OIDC issuers that are not GitLab, by the start of their URL. */
const OTHER_ISSUERS: readonly string[] = [
  "accounts.google.com",
  "agent.buildkite.com",
  "api.bitbucket.org",
  "api.pulumi.com",
  "app.terraform.io",
  "cognito-idp.",
  "oidc.circleci.com",
  "oidc.eks.",
  "oidc.vercel.com",
  "token.actions.githubusercontent.com",
];

/** Whether an issuer, by its URL without the scheme, is known not to be GitLab. */
export function isOtherIssuerUrl(url: string): boolean {
  return OTHER_ISSUERS.some((issuer) => url.startsWith(issuer));
}

/**
 * Providers that IAM knows by name. IAM User Guide, "AWS JSON policy elements: Principal", "OIDC federated principals".
 */
const BUILT_IN_PROVIDERS: readonly string[] = [
  "accounts.google.com",
  "cognito-identity.amazonaws.com",
  "graph.facebook.com",
  "www.amazon.com",
];

/** The condition key prefix of a provider that is known not to be GitLab. */
function otherProviderPrefix(id: string): string | undefined {
  if (BUILT_IN_PROVIDERS.includes(id)) return id;
  const url = parseProviderArn(id)?.url;
  return url !== undefined && isOtherIssuerUrl(url) ? url : undefined;
}

/** Whether a federated principal is known to vouch for something other than GitLab's jobs. */
export function isOtherProvider(id: string): boolean {
  return otherProviderPrefix(id) !== undefined || id.includes(":saml-provider/");
}

/** Whether a key that is missing, or has other values, certainly fails a test. */
function demandsValue(operator: Operator): boolean {
  return (
    operator.kind === "comparison" &&
    operator.row.polarity === "positive" &&
    operator.missingKey === "by-polarity" &&
    operator.qualifier !== "ForAllValues"
  );
}

/** Whether some test of a statement certainly keeps out everyone who has none of the values that `isBound` accepts. */
function isBoundBy(statement: Statement, isBound: (key: string, value: string) => boolean): boolean {
  return statement.conditions.some(
    ({ operator, key, values }: ConditionTest) =>
      demandsValue(readOperator(operator)) &&
      values.every((value) => !hasPolicyVariable(value) && isBound(key, value)),
  );
}

const exact = (value: string) => !/[*?]/.test(value);

/**
 * The parts of a request that an AWS principal's owner cannot choose, and which values mean someone in particular; keys
 * in lower case. Tags, names and sessions are the caller's own choice, and an external ID is no secret. IAM User Guide,
 * "AWS global condition context keys", "Access to AWS accounts owned by third parties".
 */
const BINDING_KEYS: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ["aws:principalaccount", exact],
  ["aws:principalarn", (value: string) => /^arn:[^:*?]+:(iam|sts)::\d{12}:/.test(value)],
  ["aws:principalorgid", exact],
  ["aws:principalorgpaths", (value: string) => /^o-[a-z0-9]+\//.test(value)],
  ["aws:sourceip", (value: string) => !/\/[0-7]$/.test(value)],
  ["aws:sourcevpc", exact],
  ["aws:sourcevpce", exact],
  ["aws:vpceaccount", exact],
  ["aws:vpceorgid", exact],
]);

const isOpenToAws = (statement: Statement): boolean =>
  statement.effect === "Allow" &&
  isEveryone(statement.principal) &&
  allowsAction(statement.action, "sts:AssumeRole") &&
  !isBoundBy(statement, (key, value) => BINDING_KEYS.get(key.toLowerCase())?.(value) === true);

/** Statements that let anyone with an AWS account assume the role. */
export function findOpenToAws(policy: TrustPolicy): readonly LintFault[] {
  return policy.statements.flatMap((statement, index) => {
    if (!isOpenToAws(statement)) return [];
    const message =
      'The statement lets every principal of every AWS account assume the role with "sts:AssumeRole". Name those who may under "AWS", or remove the statement.';
    return [{ place: memberPlace(statementPlace(index), "Principal"), message }];
  });
}

/** Providers whose `aud` is one's own application or identity pool, which decides whom it lets in. */
const AUDIENCE_BINDS: readonly string[] = ["accounts.google.com", "cognito-identity.amazonaws.com"];

/** Names of keys that say how someone signed in, or what a token is for, but not who has it. */
const WEAK_KEYS: readonly string[] = ["aud", "oaud", "amr"];

/** Whether a value says more than its form: `repo:acme/*` does, `repo:*` does not, and `repo:acme*` only partly. */
function namesSomebody(value: string): boolean {
  if (/^repo:[^/*?]*[*?]/.test(value)) return false;
  return /^[^*?]*/.exec(value)?.[0].replace(/^[a-z_]+:/, "") !== "";
}

function isOpenToProvider(statement: Statement, prefix: string): boolean {
  return !isBoundBy(statement, (key, value) => {
    const name = keyNameFor(key, prefix);
    const isWeak =
      name === undefined ||
      (WEAK_KEYS.includes(name) && !(name === "aud" && AUDIENCE_BINDS.includes(prefix)));
    return !isWeak && namesSomebody(value);
  });
}

function openProviders(statement: Statement): readonly string[] {
  const canEnter =
    statement.effect === "Allow" && allowsAction(statement.action, ASSUME_ROLE_WITH_WEB_IDENTITY);
  if (!canEnter) return [];
  return principalIds(statement.principal, "Federated")
    .map(otherProviderPrefix)
    .filter((prefix) => prefix !== undefined && isOpenToProvider(statement, prefix))
    .filter((prefix) => prefix !== undefined);
}

/** Statements that let in everyone whom another identity provider vouches for. */
export function findOpenProvider(policy: TrustPolicy): readonly LintFault[] {
  return policy.statements.flatMap((statement, index) =>
    openProviders(statement).map((prefix) => ({
      place: memberPlace(statementPlace(index), "Condition"),
      message: `No condition says whose tokens of "${prefix}" may assume the role: everyone who has one can. Require "${prefix}:${AUDIENCE_BINDS.includes(prefix) ? "aud" : "sub"}" to be what you mean, or remove the statement.`,
    })),
  );
}

/** A statement that allows something, but no rule here can say whether it allows too much. */
export interface UnjudgedStatement {
  readonly place: string;
  /** Whom it trusts: ARNs, providers and services, as the policy writes them. */
  readonly trusts: readonly string[];
}

/** Principals of a statement that the rules here do not judge: everyone but GitLab's jobs. */
function unjudgedIds(statement: Statement): readonly string[] {
  if (statement.principal.kind === "everyone") return ["*"];
  return statement.principal.entries.flatMap(({ type, ids }) =>
    type === "Federated" ? ids.filter(isOtherProvider) : ids,
  );
}

/**
 * Lists the statements that let in others than GitLab's jobs and that no finding covers.
 *
 * @param isJudged whether findings cover everyone whom the statement at an index lets in.
 */
export function listUnjudged(
  policy: TrustPolicy,
  isJudged: (index: number) => boolean,
): readonly UnjudgedStatement[] {
  return policy.statements.flatMap((statement, index) => {
    const trusts = statement.effect === "Allow" ? unjudgedIds(statement) : [];
    if (trusts.length === 0 || isJudged(index)) return [];
    return [{ place: statementPlace(index), trusts }];
  });
}
