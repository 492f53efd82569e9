import { HclExpression, type HclValue, renderBlock, renderHclValue } from "./hcl.ts";
import {
  buildPolicyObject,
  type IdentitySetup,
  type ManagedPolicy,
  ROLE_DESCRIPTION,
  type RoleSetup,
} from "./identity-setup.ts";
import { nameApart } from "./labels.ts";
import { buildTaggingPermission, TAGGING_POLICY_NAME } from "./session-tags.ts";

const expression = (text: string) => new HclExpression(text);

/**
 * Renders Terraform configuration to put into a module that has the AWS provider.
 *
 * The policy is written with `jsonencode`: `aws_iam_policy_document` would take `&{…}` in a ref's name for a policy
 * variable.
 *
 * @see https://developer.hashicorp.com/terraform/language/functions/jsonencode
 */
export function renderTerraform({ provider, roles }: IdentitySetup): string {
  const isNew = provider.state === "new";
  const providerArn = `${isNew ? "" : "data."}aws_iam_openid_connect_provider.gitlab.arn`;
  const labels = nameApart(roles.map(({ name }) => labelOf(name)));
  const blocks = [
    isNew
      ? "# Needs AWS provider 5.81 or later, which does not require thumbprints.\n" +
        renderBlock('resource "aws_iam_openid_connect_provider" "gitlab"', {
          url: provider.issuer,
          client_id_list: [provider.audience],
        })
      : renderBlock('data "aws_iam_openid_connect_provider" "gitlab"', { url: provider.issuer }),
    ...renderLookUps(roles),
    ...roles.flatMap((role, index) => renderRole(role, labels[index] ?? "role", providerArn)),
  ];
  return blocks.join("\n");
}

/** The role's name as a valid Terraform name for resources and outputs. */
function labelOf(roleName: string): string {
  return roleName.replaceAll(/\W/g, "_").replace(/^(?![A-Za-z_])/, "_");
}

/**
 * What the roles need to ask Terraform for: the partition for AWS's own policies, the account for the role's own ARN.
 */
function renderLookUps(roles: readonly RoleSetup[]): readonly string[] {
  const isTagged = roles.some(({ sessionTags }) => sessionTags.length > 0);
  const policies = roles.flatMap(({ managedPolicies, permissionsBoundary }) => [
    ...managedPolicies,
    ...(permissionsBoundary === undefined ? [] : [permissionsBoundary]),
  ]);
  const needsPartition = isTagged || policies.some(({ kind }) => kind === "aws-managed");
  return [
    ...(needsPartition ? [renderBlock('data "aws_partition" "current"', {})] : []),
    ...(isTagged ? [renderBlock('data "aws_caller_identity" "current"', {})] : []),
  ];
}

function renderRole(role: RoleSetup, label: string, providerArn: string): readonly string[] {
  const { permissionsBoundary } = role;
  const policy = buildPolicyObject(role, {
    provider: expression(providerArn),
    account: inAccount("root"),
    role: inAccount(`role/${role.name}`),
  }) as Readonly<Record<string, HclValue>>;
  return [
    renderBlock(`resource "aws_iam_role" "${label}"`, {
      name: role.name,
      description: ROLE_DESCRIPTION,
      max_session_duration: role.maxSessionSeconds,
      ...(permissionsBoundary && { permissions_boundary: managedPolicyArn(permissionsBoundary) }),
      assume_role_policy: expression(`jsonencode(${renderHclValue(policy)})`),
    }),
    ...(role.sessionTags.length > 0 ? [renderTaggingPolicy(label)] : []),
    ...renderAttachments(role.managedPolicies, label),
    renderBlock(`output "${label}_role_arn"`, {
      description: "The input role-arn of the component",
      value: expression(`aws_iam_role.${label}.arn`),
    }),
  ];
}

/** An ARN in Terraform's own account, which the role's own policy cannot take from the role itself. */
function inAccount(resource: string): HclExpression {
  return expression(
    `"arn:\${data.aws_partition.current.partition}:iam::\${data.aws_caller_identity.current.account_id}:${resource}"`,
  );
}

function renderTaggingPolicy(label: string): string {
  const permission = buildTaggingPermission<HclValue>(expression(`aws_iam_role.${label}.arn`));
  return renderBlock(`resource "aws_iam_role_policy" "${label}"`, {
    name: TAGGING_POLICY_NAME,
    role: expression(`aws_iam_role.${label}.name`),
    policy: expression(`jsonencode(${renderHclValue(permission)})`),
  });
}

function managedPolicyArn(policy: ManagedPolicy): HclValue {
  return policy.kind === "arn"
    ? policy.arn
    : expression(`"arn:\${data.aws_partition.current.partition}:iam::aws:policy/${policy.name}"`);
}

function renderAttachments(policies: readonly ManagedPolicy[], label: string): readonly string[] {
  if (policies.length === 0) return [];
  return [
    renderBlock(`resource "aws_iam_role_policy_attachment" "${label}"`, {
      for_each: expression(`toset(${renderHclValue(policies.map(managedPolicyArn))})`),
      role: expression(`aws_iam_role.${label}.name`),
      policy_arn: expression("each.value"),
    }),
  ];
}
