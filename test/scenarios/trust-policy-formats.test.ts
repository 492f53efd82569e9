import { expect, it } from "vitest";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import { runScript } from "../harness/run-script.ts";

const argv = (...flags: readonly string[]) => [
  "trust-policy",
  ...["--account", "123456789012", "--project", "acme/shop", "--branch", "main"],
  ...flags,
];

it("prints the policy and nothing else, so that it can go into a file", async () => {
  const run = await runScript({ argv: argv() });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", files: [] });
  expect(run.stdout).toMatchInlineSnapshot(`
    "{
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": {
            "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
          },
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {
            "StringEquals": {
              "gitlab.com:aud": "https://gitlab.com",
              "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main"
            }
          }
        }
      ]
    }
    "
  `);
  expect(parseTrustPolicy(run.stdout).kind).toBe("policy");
});

it("prints a CloudFormation template", async () => {
  const run = await runScript({ argv: argv("--format", "cloudformation", "--role-name", "deploy") });
  expect(run).toMatchObject({ exitCode: 0, files: [] });
  expect(run.stderr).toMatch(/^! Give this template its own stack/);
  expect(run.stdout).toMatchInlineSnapshot(`
    "{
      "AWSTemplateFormatVersion": "2010-09-09",
      "Description": "The role deploy for GitLab CI/CD jobs",
      "Resources": {
        "GitLabProvider": {
          "Type": "AWS::IAM::OIDCProvider",
          "Properties": {
            "Url": "https://gitlab.com",
            "ClientIdList": [
              "https://gitlab.com"
            ]
          }
        },
        "Role": {
          "Type": "AWS::IAM::Role",
          "Properties": {
            "RoleName": "deploy",
            "Description": "Assumed by GitLab CI/CD jobs with their ID token",
            "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": {
                    "Federated": {
                      "Fn::GetAtt": [
                        "GitLabProvider",
                        "Arn"
                      ]
                    }
                  },
                  "Action": "sts:AssumeRoleWithWebIdentity",
                  "Condition": {
                    "StringEquals": {
                      "gitlab.com:aud": "https://gitlab.com",
                      "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main"
                    }
                  }
                }
              ]
            }
          }
        }
      },
      "Outputs": {
        "RoleArn": {
          "Description": "The input role-arn of the component",
          "Value": {
            "Fn::GetAtt": [
              "Role",
              "Arn"
            ]
          }
        }
      }
    }
    "
  `);
});

it("prints Terraform configuration", async () => {
  const flags = ["--format=terraform", "--role-name=deploy", "--managed-policies=ReadOnlyAccess"];
  const run = await runScript({ argv: argv(...flags) });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", files: [] });
  expect(run.stdout).toMatchInlineSnapshot(`
    "# Needs AWS provider 5.81 or later, which does not require thumbprints.
    resource "aws_iam_openid_connect_provider" "gitlab" {
      url            = "https://gitlab.com"
      client_id_list = ["https://gitlab.com"]
    }

    data "aws_partition" "current" {}

    resource "aws_iam_role" "deploy" {
      name                 = "deploy"
      description          = "Assumed by GitLab CI/CD jobs with their ID token"
      max_session_duration = 3600
      assume_role_policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect = "Allow"
          Principal = {
            Federated = aws_iam_openid_connect_provider.gitlab.arn
          }
          Action = "sts:AssumeRoleWithWebIdentity"
          Condition = {
            StringEquals = {
              "gitlab.com:aud" = "https://gitlab.com"
              "gitlab.com:sub" = "project_path:acme/shop:ref_type:branch:ref:main"
            }
          }
        }]
      })
    }

    resource "aws_iam_role_policy_attachment" "deploy" {
      for_each   = toset(["arn:\${data.aws_partition.current.partition}:iam::aws:policy/ReadOnlyAccess"])
      role       = aws_iam_role.deploy.name
      policy_arn = each.value
    }

    output "deploy_role_arn" {
      description = "The input role-arn of the component"
      value       = aws_iam_role.deploy.arn
    }
    "
  `);
});

it("prints AWS CLI commands", async () => {
  const flags = ["--format=cli", "--role-name=deploy", "--managed-policies=ReadOnlyAccess"];
  const run = await runScript({ argv: argv(...flags, "--partition=aws-us-gov") });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", files: [] });
  expect(run.stdout).toMatchInlineSnapshot(`
    "#!/bin/sh
    # If this stops half-way, run it again: it updates what already exists.
    set -eu
    export AWS_PAGER=

    account=$(aws sts get-caller-identity --query Account --output text)
    if [ "$account" != 123456789012 ]; then
      echo "These credentials are for account $account, not 123456789012." >&2
      exit 1
    fi

    if aws iam get-open-id-connect-provider --open-id-connect-provider-arn arn:aws-us-gov:iam::123456789012:oidc-provider/gitlab.com >/dev/null 2>&1; then
      aws iam add-client-id-to-open-id-connect-provider \\
        --open-id-connect-provider-arn arn:aws-us-gov:iam::123456789012:oidc-provider/gitlab.com \\
        --cli-input-json '{"ClientID":"https://gitlab.com"}'
    else
      aws iam create-open-id-connect-provider \\
        --url https://gitlab.com \\
        --client-id-list '["https://gitlab.com"]'
    fi

    trust_policy='{
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": {
            "Federated": "arn:aws-us-gov:iam::123456789012:oidc-provider/gitlab.com"
          },
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {
            "StringEquals": {
              "gitlab.com:aud": "https://gitlab.com",
              "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main"
            }
          }
        }
      ]
    }'

    if description=$(aws iam get-role --role-name deploy --query Role.Description --output text 2>/dev/null); then
      if [ "$description" != 'Assumed by GitLab CI/CD jobs with their ID token' ]; then
        echo "The role deploy exists for another purpose: $description. Choose another name for this one." >&2
        exit 1
      fi
      echo "The role deploy exists. This is its trust policy, which will now be replaced:" >&2
      aws iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument --output json >&2
      aws iam update-assume-role-policy --role-name deploy --policy-document "$trust_policy"
      aws iam update-role \\
        --role-name deploy \\
        --description 'Assumed by GitLab CI/CD jobs with their ID token' \\
        --max-session-duration 3600
      aws iam get-role --role-name deploy --query Role.Arn --output text
    else
      aws iam create-role \\
        --role-name deploy \\
        --description 'Assumed by GitLab CI/CD jobs with their ID token' \\
        --max-session-duration 3600 \\
        --query Role.Arn \\
        --output text \\
        --assume-role-policy-document "$trust_policy"
    fi

    aws iam attach-role-policy \\
      --role-name deploy \\
      --policy-arn arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess
    "
  `);
});

it("shows its flags", async () => {
  const run = await runScript({ argv: ["trust-policy", "--help"] });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", files: [] });
  expect(run.stdout).toMatch(/^ {2}--project <paths>$/m);
  expect(run.stdout).toMatch(/^ {2}--any-ref$/m);
});
