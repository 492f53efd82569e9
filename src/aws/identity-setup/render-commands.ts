import { quoteForShell } from "../../foundation/quote.ts";
import { buildProviderArn } from "../trust-policy/model/provider.ts";
import { renderPolicy } from "../trust-policy/model/render.ts";
import {
  type Account,
  buildRoleArn,
  buildRolePolicy,
  type IdentitySetup,
  type ManagedPolicy,
  ROLE_DESCRIPTION,
  type RoleSetup,
} from "./identity-setup.ts";
import { buildTaggingPermission, TAGGING_POLICY_NAME } from "./session-tags.ts";

/**
 * Renders a POSIX shell script of `aws iam` commands. It stops at the first that fails, and before them all in the
 * wrong account. It can be run again: what exists is updated, and a role made for something else is left alone.
 *
 * @see https://docs.aws.amazon.com/cli/latest/reference/iam/create-open-id-connect-provider.html
 */
export function renderCommands(setup: IdentitySetup, account: Account): string {
  const { provider, roles } = setup;
  const rolesAndPolicies = roles.flatMap((role) => [
    renderRole(role, provider.issuer, account),
    ...(role.sessionTags.length > 0 ? [putTaggingPolicy(role, account)] : []),
    ...role.managedPolicies.map((policy) =>
      iamCommand("attach-role-policy", {
        "role-name": role.name,
        "policy-arn": managedPolicyArn(policy, account),
      }),
    ),
  ]);
  return `${[guard(account), renderProvider(setup, account), ...rolesAndPolicies].join("\n\n")}\n`;
}

/**
 * Renders the command that adds an audience to an identity provider, over several lines. Version 1 of the AWS CLI
 * fetches a parameter that begins with `https://`, but nothing inside JSON.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration-changes.html#cliv2-migration-paramfile
 */
export function renderAddAudience(providerArn: string, audience: string): string {
  return iamCommand("add-client-id-to-open-id-connect-provider", {
    "open-id-connect-provider-arn": providerArn,
    "cli-input-json": JSON.stringify({ ClientID: audience }),
  });
}

function guard({ accountId }: Account): string {
  return `#!/bin/sh
# If this stops half-way, run it again: it updates what already exists.
set -eu
export AWS_PAGER=

account=$(aws sts get-caller-identity --query Account --output text)
if [ "$account" != ${accountId} ]; then
  echo "These credentials are for account $account, not ${accountId}." >&2
  exit 1
fi`;
}

function renderProvider({ provider }: IdentitySetup, account: Account): string {
  const providerArn = buildProviderArn(account, provider.issuer);
  const addAudience = renderAddAudience(providerArn, provider.audience);
  if (provider.state === "existing") return addAudience;
  const create = iamCommand("create-open-id-connect-provider", {
    url: provider.issuer,
    "client-id-list": JSON.stringify([provider.audience]),
  });
  const find = `aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${quoteForShell(providerArn)}`;
  return `if ${find} >/dev/null 2>&1; then
${indent(addAudience)}
else
${indent(create)}
fi`;
}

function renderRole(role: RoleSetup, issuer: string, account: Account): string {
  const name = quoteForShell(role.name);
  const getRole = (query: string) => `aws iam get-role --role-name ${name} --query ${query}`;
  const policy = renderPolicy(buildRolePolicy(role, issuer, account));
  const settings = {
    "role-name": role.name,
    description: ROLE_DESCRIPTION,
    "max-session-duration": String(role.maxSessionSeconds),
  };
  const boundary = role.permissionsBoundary && {
    "permissions-boundary": managedPolicyArn(role.permissionsBoundary, account),
  };
  const create = { ...settings, ...boundary, query: "Role.Arn", output: "text" };
  const updates = [
    ...(boundary
      ? [iamCommand("put-role-permissions-boundary", { "role-name": role.name, ...boundary })]
      : []),
    `aws iam update-assume-role-policy --role-name ${name} --policy-document "$trust_policy"`,
    iamCommand("update-role", settings),
  ];
  return `trust_policy=${quoteForShell(policy)}

if description=$(${getRole("Role.Description")} --output text 2>/dev/null); then
  if [ "$description" != ${quoteForShell(ROLE_DESCRIPTION)} ]; then
    echo "The role ${role.name} exists for another purpose: $description. Choose another name for this one." >&2
    exit 1
  fi
  echo "The role ${role.name} exists. This is its trust policy, which will now be replaced:" >&2
  ${getRole("Role.AssumeRolePolicyDocument")} --output json >&2
${updates.map(indent).join("\n")}
  ${getRole("Role.Arn")} --output text
else
${indent(`${iamCommand("create-role", create)} \\\n  --assume-role-policy-document "$trust_policy"`)}
fi`;
}

function putTaggingPolicy(role: RoleSetup, account: Account): string {
  return iamCommand("put-role-policy", {
    "role-name": role.name,
    "policy-name": TAGGING_POLICY_NAME,
    "policy-document": JSON.stringify(buildTaggingPermission(buildRoleArn(role, account))),
  });
}

function iamCommand(name: string, options: Readonly<Record<string, string>>): string {
  const lines = Object.entries(options).map(
    ([option, value]) => ` \\\n  --${option} ${quoteForShell(value)}`,
  );
  return `aws iam ${name}${lines.join("")}`;
}

/** For text whose quoted parts have no line breaks. */
function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function managedPolicyArn(policy: ManagedPolicy, { partition }: Account): string {
  return policy.kind === "arn" ? policy.arn : `arn:${partition}:iam::aws:policy/${policy.name}`;
}
