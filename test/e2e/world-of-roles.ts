import type { Account, Role, StsWorld } from "../fakes/sts/world.ts";
import { DEFAULT_ISS } from "../fakes/world.ts";

/** Branches of `acme/shop` that may assume a role, by its ARN: one branch, or a pattern such as `*`. */
export type TrustedBranches = Readonly<Record<string, string>>;

const HOST = DEFAULT_ISS.replace("https://", "");

function trust(accountId: string, branch: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${HOST}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${HOST}:aud`]: DEFAULT_ISS },
          StringLike: { [`${HOST}:sub`]: `project_path:acme/shop:ref_type:branch:ref:${branch}` },
        },
      },
    ],
  };
}

/** Describes accounts with roles that jobs of `acme/shop` may assume. */
export function describeRoles(branches: TrustedBranches): StsWorld {
  const accounts: Record<string, Account & { readonly roles: Role[] }> = {};
  for (const [arn, branch] of Object.entries(branches)) {
    const [, accountId = "", name = ""] = /^arn:aws:iam::(\d{12}):role\/(.*)$/.exec(arn) ?? [];
    accounts[accountId] ??= { oidcProviders: [{ url: DEFAULT_ISS, clientIds: [DEFAULT_ISS] }], roles: [] };
    accounts[accountId].roles.push({ name, trustPolicy: trust(accountId, branch) });
  }
  return { accounts };
}
