import { issuerPrefix } from "../trust-policy/model/provider.ts";
import {
  buildPolicyObject,
  type IdentitySetup,
  type ManagedPolicy,
  ROLE_DESCRIPTION,
} from "./identity-setup.ts";

const arnOf = (resource: string) => ({ "Fn::GetAtt": [resource, "Arn"] });

/**
 * Renders a CloudFormation template in JSON, which needs no quoting rules but JSON's own and which CloudFormation takes
 * wherever it takes YAML.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-oidcprovider.html
 */
export function renderCloudFormation(setup: IdentitySetup): string {
  const { provider, role } = setup;
  const isNew = provider.state === "new";
  const arnInAccount = `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/${issuerPrefix(provider.issuer)}`;
  const template = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `The role ${role.name} for GitLab CI/CD jobs`,
    Resources: {
      ...(isNew && { GitLabProvider: providerResource(setup) }),
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          RoleName: role.name,
          Description: ROLE_DESCRIPTION,
          MaxSessionDuration: role.maxSessionSeconds,
          ...(role.managedPolicies.length > 0 && {
            ManagedPolicyArns: role.managedPolicies.map(managedPolicyArn),
          }),
          AssumeRolePolicyDocument: buildPolicyObject(
            setup,
            isNew ? arnOf("GitLabProvider") : { "Fn::Sub": arnInAccount },
          ),
        },
      },
    },
    Outputs: {
      RoleArn: { Description: "The input role-arn of the component", Value: arnOf("Role") },
    },
  };
  return `${JSON.stringify(template, null, 2)}\n`;
}

function providerResource({ provider }: IdentitySetup): object {
  return {
    Type: "AWS::IAM::OIDCProvider",
    Properties: { Url: provider.issuer, ClientIdList: [provider.audience] },
  };
}

function managedPolicyArn(policy: ManagedPolicy): unknown {
  if (policy.kind === "arn") return policy.arn;
  return { "Fn::Sub": `arn:\${AWS::Partition}:iam::aws:policy/${policy.name}` };
}
