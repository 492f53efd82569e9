import { quoteForShell } from "../../foundation/quote.ts";
import { buildProviderArn } from "../trust-policy/model/provider.ts";
import { renderPolicy } from "../trust-policy/model/render.ts";
import {
  type Account,
  buildSetupPolicy,
  type IdentitySetup,
  type ManagedPolicy,
  ROLE_DESCRIPTION,
} from "./identity-setup.ts";

/**
 * Renders a POSIX shell script of `aws iam` commands, which stops at the first that fails, and before all of them in
 * another account.
 *
 * @see https://docs.aws.amazon.com/cli/latest/reference/iam/create-open-id-connect-provider.html
 */
export function renderCommands(setup: IdentitySetup, account: Account): string {
  const { provider, role } = setup;
  const providerArn = buildProviderArn(account, provider.issuer);
  const commands = [
    provider.state === "new"
      ? command("create-open-id-connect-provider", {
          url: provider.issuer,
          "client-id-list": provider.audience,
        })
      : command("add-client-id-to-open-id-connect-provider", {
          "open-id-connect-provider-arn": providerArn,
          "client-id": provider.audience,
        }),
    command("create-role", {
      "role-name": role.name,
      description: ROLE_DESCRIPTION,
      "max-session-duration": String(role.maxSessionSeconds),
      "assume-role-policy-document": renderPolicy(buildSetupPolicy(setup, providerArn)),
      query: "Role.Arn",
      output: "text",
    }),
    ...role.managedPolicies.map((policy) =>
      command("attach-role-policy", {
        "role-name": role.name,
        "policy-arn": managedPolicyArn(policy, account),
      }),
    ),
  ];
  return [guard(account), ...commands].join("\n");
}

function guard({ accountId }: Account): string {
  return `#!/bin/sh
set -eu

account=$(aws sts get-caller-identity --query Account --output text)
if [ "$account" != ${accountId} ]; then
  echo "These credentials are of account $account, not ${accountId}." >&2
  exit 1
fi
`;
}

function command(name: string, options: Readonly<Record<string, string>>): string {
  const lines = Object.entries(options).map(
    ([option, value]) => ` \\\n  --${option} ${quoteForShell(value)}`,
  );
  return `aws iam ${name}${lines.join("")}\n`;
}

function managedPolicyArn(policy: ManagedPolicy, { partition }: Account): string {
  return policy.kind === "arn" ? policy.arn : `arn:${partition}:iam::aws:policy/${policy.name}`;
}
