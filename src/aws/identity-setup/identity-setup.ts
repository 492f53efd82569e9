import type { ConditionTest, TrustPolicy } from "../trust-policy/model/policy.ts";
import type { RoleIdentity } from "../trust-policy/model/provider.ts";
import { renderPolicy } from "../trust-policy/model/render.ts";
import { buildTrustPolicy } from "../trust-policy/propose.ts";
import type { TokenSource } from "./scope.ts";

/** The account that a document is for, where it has to name it. */
export type Account = Pick<RoleIdentity, "partition" | "accountId">;

/** GitLab as an identity provider in IAM; an account has one per URL at most. */
export interface IdentityProvider extends TokenSource {
  readonly state: "new" | "existing";
}

/** A policy to attach: one of AWS's own by its name, in whatever partition, or any by its ARN. */
export type ManagedPolicy =
  | { readonly kind: "aws-managed"; readonly name: string }
  | { readonly kind: "arn"; readonly arn: string };

/** The AWS side of one role for GitLab jobs, as data. */
export interface IdentitySetup {
  readonly provider: IdentityProvider;
  readonly role: {
    readonly name: string;
    /** 3600 to 43200. */
    readonly maxSessionSeconds: number;
    readonly managedPolicies: readonly ManagedPolicy[];
  };
  readonly trust: {
    readonly actions: readonly string[];
    readonly conditions: readonly ConditionTest[];
  };
}

/** What the role is for, as its description in AWS says. */
export const ROLE_DESCRIPTION = "Assumed by GitLab CI/CD jobs with their ID token";

/** Builds the trust policy of the role. */
export function buildSetupPolicy({ trust }: Pick<IdentitySetup, "trust">, providerArn: string): TrustPolicy {
  return buildTrustPolicy([
    {
      effect: "Allow",
      principal: { kind: "listed", entries: [{ type: "Federated", ids: [providerArn] }] },
      action: { element: "Action", patterns: trust.actions },
      conditions: trust.conditions,
    },
  ]);
}

/** The trust policy as an object, with a reference to the provider in the place of its ARN. */
export function buildPolicyObject<Reference>(
  setup: IdentitySetup,
  provider: Reference,
): Readonly<Record<string, unknown>> {
  const policy = renderPolicy(buildSetupPolicy(setup, ""));
  return JSON.parse(policy, (member, value) => (member === "Federated" ? provider : value));
}
