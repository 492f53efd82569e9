import { HclExpression, type HclValue, renderBlock, renderHclValue } from "./hcl.ts";
import {
  buildPolicyObject,
  type IdentitySetup,
  type ManagedPolicy,
  ROLE_DESCRIPTION,
} from "./identity-setup.ts";

const expression = (text: string) => new HclExpression(text);

/**
 * Renders Terraform configuration: what to put into a module that has the AWS provider.
 *
 * The policy is written with `jsonencode`: `aws_iam_policy_document` would take `&{…}` in a ref's name for a policy
 * variable.
 *
 * @see https://developer.hashicorp.com/terraform/language/functions/jsonencode
 */
export function renderTerraform(setup: IdentitySetup): string {
  const { provider, role } = setup;
  const label = labelOf(role.name);
  const isNew = provider.state === "new";
  const providerArn = `${isNew ? "" : "data."}aws_iam_openid_connect_provider.gitlab.arn`;
  const policy = buildPolicyObject(setup, expression(providerArn)) as Readonly<Record<string, HclValue>>;
  const blocks = [
    isNew
      ? "# Needs the AWS provider 5.81 or later, which takes it without thumbprints.\n" +
        renderBlock('resource "aws_iam_openid_connect_provider" "gitlab"', {
          url: provider.issuer,
          client_id_list: [provider.audience],
        })
      : renderBlock('data "aws_iam_openid_connect_provider" "gitlab"', { url: provider.issuer }),
    renderBlock(`resource "aws_iam_role" "${label}"`, {
      name: role.name,
      description: ROLE_DESCRIPTION,
      max_session_duration: role.maxSessionSeconds,
      assume_role_policy: expression(`jsonencode(${renderHclValue(policy)})`),
    }),
    ...renderAttachments(role.managedPolicies, label),
    renderBlock(`output "${label}_role_arn"`, {
      description: "The input role-arn of the component",
      value: expression(`aws_iam_role.${label}.arn`),
    }),
  ];
  return blocks.join("\n");
}

/** The role's name as Terraform takes it for resources and outputs. */
function labelOf(roleName: string): string {
  return roleName.replaceAll(/\W/g, "_").replace(/^(?![A-Za-z_])/, "_");
}

function renderAttachments(policies: readonly ManagedPolicy[], label: string): readonly string[] {
  if (policies.length === 0) return [];
  const arns = policies.map((policy) =>
    policy.kind === "arn"
      ? policy.arn
      : expression(`"arn:\${data.aws_partition.current.partition}:iam::aws:policy/${policy.name}"`),
  );
  const attachment = renderBlock(`resource "aws_iam_role_policy_attachment" "${label}"`, {
    for_each: expression(`toset(${renderHclValue(arns)})`),
    role: expression(`aws_iam_role.${label}.name`),
    policy_arn: expression("each.value"),
  });
  const needsPartition = policies.some(({ kind }) => kind === "aws-managed");
  return [...(needsPartition ? [renderBlock('data "aws_partition" "current"', {})] : []), attachment];
}
