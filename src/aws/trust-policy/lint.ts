import { claimValues } from "./claims.ts";
import type { LintFinding, LintOptions, LintSite } from "./lint-finding.ts";
import { concernsExchange } from "./lint-principal-rules.ts";
import { LINT_RULES, type LintRule } from "./lint-rules.ts";
import { principalIds, type Statement, type TrustPolicy } from "./policy.ts";
import { issuerPrefix, parseProviderArn } from "./provider.ts";
import type { WebIdentityRequestContext } from "./request-context.ts";
import { ASSUME_ROLE_WITH_WEB_IDENTITY } from "./required-actions.ts";

/** OIDC issuers that are no GitLab, by the start of their URL; the rules here are about GitLab's tokens. */
const OTHER_ISSUERS: readonly string[] = [
  "accounts.google.com",
  "agent.buildkite.com",
  "api.pulumi.com",
  "app.terraform.io",
  "oidc.circleci.com",
  "oidc.eks.",
  "oidc.vercel.com",
  "token.actions.githubusercontent.com",
];

/** Providers that IAM knows by name. */
const BUILT_IN_PROVIDERS: readonly string[] = [
  "accounts.google.com",
  "cognito-identity.amazonaws.com",
  "graph.facebook.com",
  "www.amazon.com",
];

function isOtherProvider(id: string): boolean {
  if (BUILT_IN_PROVIDERS.includes(id) || id.includes(":saml-provider/")) return true;
  const url = parseProviderArn(id)?.url;
  return url !== undefined && OTHER_ISSUERS.some((issuer) => url.startsWith(issuer));
}

function concernsGitlab({ principal, action }: Statement): boolean {
  if (principal.kind === "everyone") return true;
  const federated = principalIds(principal, "Federated");
  if (federated.length > 0) return !federated.every(isOtherProvider);
  return action.patterns.some(
    (pattern) => pattern.toLowerCase() === ASSUME_ROLE_WITH_WEB_IDENTITY.toLowerCase(),
  );
}

const isLinted = (statement: Statement): boolean =>
  statement.effect === "Allow" && concernsGitlab(statement) && concernsExchange(statement);

/** The issuer prefix that was meant, whatever slipped into the ARN. */
const meantHost = (url: string) => url.replace(/^https?:\/*/i, "").replace(/\/+$/, "");

function hostsOf({ principal }: Statement, options: LintOptions): readonly string[] {
  const federated = principalIds(principal, "Federated");
  const hosts = federated
    .filter((id) => !isOtherProvider(id))
    .map((id) => parseProviderArn(id)?.url)
    .filter((url) => url !== undefined)
    .map(meantHost);
  if (hosts.length > 0 || options.issuer === undefined) return hosts;
  return [issuerPrefix(options.issuer)];
}

function buildSites(policy: TrustPolicy, options: LintOptions): readonly LintSite[] {
  const siblings = policy.statements.filter(isLinted);
  return policy.statements.flatMap((statement, index) =>
    isLinted(statement)
      ? [{ policy, index, statement, siblings, hosts: hostsOf(statement, options), options }]
      : [],
  );
}

function applyRule(rule: LintRule, policy: TrustPolicy, sites: readonly LintSite[]): readonly LintFinding[] {
  const { id, severity } = rule;
  const faults = "inPolicy" in rule ? rule.inPolicy(policy) : sites.flatMap(rule.inStatement);
  return faults.map((fault) => ({ id, severity, ...fault }));
}

/**
 * Looks for the known mistakes in a trust policy for GitLab's ID tokens.
 *
 * Statements that deny, and those for other identity providers, are left alone. Rules that compare with
 * the job at hand speak only if `options` names it.
 */
export function lintTrustPolicy(policy: TrustPolicy, options: LintOptions = {}): readonly LintFinding[] {
  const sites = buildSites(policy, options);
  return LINT_RULES.flatMap((rule) => applyRule(rule, policy, sites));
}

/** What a request tells of the job that the policy should admit. */
export function buildLintOptions(context: WebIdentityRequestContext): LintOptions {
  const { issuer, role, claims } = context;
  const [subject] = claimValues(claims.sub);
  const authorizedParty = claimValues(claims.azp);
  const audiences = authorizedParty.length > 0 ? authorizedParty : claimValues(claims.aud);
  return { issuer, role, audiences, ...(subject === undefined ? {} : { subject }) };
}
