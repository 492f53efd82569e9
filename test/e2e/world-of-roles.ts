import type { Account, Role, StsWorld } from "../../stand-ins/sts/world.ts";
import { DEFAULT_ISS } from "../fakes/world.ts";

/** Branches of `acme/shop` that may assume a role, by its ARN: one branch, or a pattern such as `*`. */
export type TrustedBranches = Readonly<Record<string, string>>;

const HOST = DEFAULT_ISS.replace("https://", "");

function trust(accountId: string, audience: string, branch: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${HOST}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${HOST}:aud`]: audience },
          StringLike: { [`${HOST}:sub`]: `project_path:acme/shop:ref_type:branch:ref:${branch}` },
        },
      },
    ],
  };
}

/** An account id and a role's name. */
function partsOf(roleArn: string): readonly [accountId: string, name: string] {
  const [, accountId = "", name = ""] = /^arn:aws:iam::(\d{12}):role\/(.*)$/.exec(roleArn) ?? [];
  return [accountId, name];
}

/**
 * Describes accounts with roles that jobs of `acme/shop` may assume.
 *
 * @param audiences by account, where the audience is not the issuer
 */
export function describeRoles(
  branches: TrustedBranches,
  audiences: Readonly<Record<string, string>> = {},
): StsWorld {
  const accounts: Record<string, Account & { readonly roles: Role[] }> = {};
  for (const [arn, branch] of Object.entries(branches)) {
    const [accountId, name] = partsOf(arn);
    const audience = audiences[accountId] ?? DEFAULT_ISS;
    accounts[accountId] ??= { oidcProviders: [{ url: DEFAULT_ISS, clientIds: [audience] }], roles: [] };
    accounts[accountId].roles.push({ name, trustPolicy: trust(accountId, audience, branch) });
  }
  return { accounts };
}

/** Role chaining: a second role that the first may assume, with an external id. */
export interface SecondRole {
  readonly first: string;
  readonly second: string;
  readonly externalId: string;
}

/** Adds a second role to a world that has the first. */
export function withSecondRole({ accounts }: StsWorld, { first, second, externalId }: SecondRole): StsWorld {
  const [firstAccount, firstName] = partsOf(first);
  const [secondAccount, secondName] = partsOf(second);
  const trustPolicy = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { AWS: first },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": externalId } },
    },
  };
  const mayAssumeIt = {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "sts:AssumeRole", Resource: second },
  };
  const chained = accounts[firstAccount]?.roles?.map((role) =>
    role.name === firstName ? { ...role, identityPolicy: mayAssumeIt } : role,
  );
  const withFirst = { ...accounts, [firstAccount]: { ...accounts[firstAccount], roles: chained ?? [] } };
  const target = withFirst[secondAccount];
  const roles = [...(target?.roles ?? []), { name: secondName, trustPolicy }];
  return { accounts: { ...withFirst, [secondAccount]: { ...target, roles } } };
}
