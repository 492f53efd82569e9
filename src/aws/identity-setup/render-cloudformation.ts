import { issuerPrefix } from "../trust-policy/model/provider.ts";
import {
  buildPolicyObject,
  type IdentitySetup,
  type ManagedPolicy,
  type PolicyNames,
  ROLE_DESCRIPTION,
  type RoleSetup,
} from "./identity-setup.ts";
import { nameApart } from "./labels.ts";
import { buildTaggingPermission, TAGGING_POLICY_NAME } from "./session-tags.ts";

const arnOf = (resource: string) => ({ "Fn::GetAtt": [resource, "Arn"] });

const inAccount = (resource: string) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${resource}`,
});

/**
 * Renders a CloudFormation template in JSON, which needs only JSON's quoting rules and works wherever CloudFormation
 * accepts YAML.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-oidcprovider.html
 */
export function renderCloudFormation(setup: IdentitySetup): string {
  const { provider, roles } = setup;
  const isNew = provider.state === "new";
  const reference = isNew
    ? arnOf("GitLabProvider")
    : inAccount(`oidc-provider/${issuerPrefix(provider.issuer)}`);
  const named = nameResources(roles);
  const template = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: describe(roles),
    Resources: {
      ...(isNew && { GitLabProvider: providerResource(setup) }),
      ...Object.fromEntries(named.map(({ id, role }) => [id, roleResource(role, reference)])),
    },
    Outputs: Object.fromEntries(
      named.map(({ id, role }) => [`${id}Arn`, roleOutput(id, role, roles.length)]),
    ),
  };
  return `${JSON.stringify(template, null, 2)}\n`;
}

function describe(roles: readonly RoleSetup[]): string {
  const names = roles.map(({ name }) => name).join(", ");
  const text = `The ${roles.length > 1 ? "roles" : "role"} ${names} for GitLab CI/CD jobs`;
  // CloudFormation's limit in bytes; role names are ASCII.
  return text.length > 1024 ? `The ${roles.length} roles for GitLab CI/CD jobs` : text;
}

interface NamedRole {
  /** The logical id. */
  readonly id: string;
  readonly role: RoleSetup;
}

/** `Role` for a single role; `ShopStagingRole` for one of several. */
function nameResources(roles: readonly RoleSetup[]): readonly NamedRole[] {
  const [only, ...others] = roles;
  if (only !== undefined && others.length === 0) return [{ id: "Role", role: only }];
  const ids = nameApart(roles.map(({ name }) => `${toPascalCase(name)}Role`));
  return roles.map((role, index) => ({ id: ids[index] ?? "Role", role }));
}

/** `shop-staging` → `ShopStaging`: CloudFormation allows letters and digits only. */
function toPascalCase(name: string): string {
  const words = name.split(/[^A-Za-z\d]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function roleResource(role: RoleSetup, provider: object): object {
  const { name, managedPolicies, permissionsBoundary, sessionTags } = role;
  const itself = inAccount(`role/${name}`);
  const names: PolicyNames<object> = { provider, account: inAccount("root"), role: itself };
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      Description: ROLE_DESCRIPTION,
      MaxSessionDuration: role.maxSessionSeconds,
      ...(permissionsBoundary !== undefined && {
        PermissionsBoundary: managedPolicyArn(permissionsBoundary),
      }),
      ...(managedPolicies.length > 0 && { ManagedPolicyArns: managedPolicies.map(managedPolicyArn) }),
      ...(sessionTags.length > 0 && {
        Policies: [{ PolicyName: TAGGING_POLICY_NAME, PolicyDocument: buildTaggingPermission(itself) }],
      }),
      AssumeRolePolicyDocument: buildPolicyObject(role, names),
    },
  };
}

function roleOutput(id: string, { name }: RoleSetup, count: number): object {
  const use = "The input role-arn of the component";
  return { Description: count > 1 ? `${use}, for ${name}` : use, Value: arnOf(id) };
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
