import type { ConditionTest, Statement, TrustPolicy } from "../trust-policy/model/policy.ts";
import { buildProviderArn, type RoleIdentity } from "../trust-policy/model/provider.ts";
import { renderPolicy } from "../trust-policy/model/render.ts";
import { buildTrustPolicy } from "../trust-policy/propose.ts";
import type { TokenSource } from "./scope.ts";
import { buildTaggingStatement, type SessionTagRule } from "./session-tags.ts";

/** The account that a document is for, if it has to name it. */
export type Account = Pick<RoleIdentity, "partition" | "accountId">;

/** GitLab as an identity provider in IAM; an account has at most one per URL. */
export interface IdentityProvider extends TokenSource {
  readonly state: "new" | "existing";
}

/** A managed policy: one of AWS's own by name, in any partition, or any other by ARN. */
export type ManagedPolicy =
  | { readonly kind: "aws-managed"; readonly name: string }
  | { readonly kind: "arn"; readonly arn: string };

/** The settings of a role, apart from whom it trusts. */
export interface RoleSettings {
  readonly name: string;
  /** 3600 to 43200. */
  readonly maxSessionSeconds: number;
  /** Policies to attach. */
  readonly managedPolicies: readonly ManagedPolicy[];
  /** The most the role can do, whatever is attached to it. */
  readonly permissionsBoundary: ManagedPolicy | undefined;
  /** Tags that a session of the role may give itself by assuming the role again; if empty, it may not. */
  readonly sessionTags: readonly SessionTagRule[];
}

/** One role for GitLab jobs, as data. */
export interface RoleSetup extends RoleSettings {
  readonly trust: {
    readonly actions: readonly string[];
    readonly conditions: readonly ConditionTest[];
  };
}

/** The AWS side of roles for GitLab jobs: the roles, and the one provider that they all trust. */
export interface IdentitySetup {
  readonly provider: IdentityProvider;
  readonly roles: readonly RoleSetup[];
}

/** The description of a role in AWS. */
export const ROLE_DESCRIPTION = "Assumed by GitLab CI/CD jobs with their ID token";

/** Builds the trust policy of a role in an account. */
export function buildRolePolicy(role: RoleSetup, issuer: string, account: Account): TrustPolicy {
  return buildPolicy(role, {
    provider: buildProviderArn(account, issuer),
    account: `arn:${account.partition}:iam::${account.accountId}:root`,
    role: buildRoleArn(role, account),
  });
}

/** Builds the ARN of a role, which has no path. */
export function buildRoleArn({ name }: Pick<RoleSetup, "name">, { partition, accountId }: Account): string {
  return `arn:${partition}:iam::${accountId}:role/${name}`;
}

/** What a trust policy refers to: the provider, the account (as the ARN of its root), the role itself. */
export interface PolicyNames<Name> {
  readonly provider: Name;
  readonly account: Name;
  readonly role: Name;
}

function buildPolicy({ trust, sessionTags }: RoleSetup, names: PolicyNames<string>): TrustPolicy {
  const exchange: Statement = {
    effect: "Allow",
    principal: { kind: "listed", entries: [{ type: "Federated", ids: [names.provider] }] },
    action: { element: "Action", patterns: trust.actions },
    conditions: trust.conditions,
  };
  return buildTrustPolicy(
    sessionTags.length === 0 ? [exchange] : [exchange, buildTaggingStatement(sessionTags, names)],
  );
}

/** The trust policy as an object, with references to what the document itself defines. */
export function buildPolicyObject<Reference>(
  role: RoleSetup,
  references: PolicyNames<Reference>,
): Readonly<Record<string, unknown>> {
  const policy = renderPolicy(buildPolicy(role, { provider: "", account: "", role: "" }));
  const byMember = new Map<string, Reference>([
    ["Federated", references.provider],
    ["AWS", references.account],
    ["aws:PrincipalArn", references.role],
  ]);
  return JSON.parse(policy, (member, value) => byMember.get(member) ?? value);
}
