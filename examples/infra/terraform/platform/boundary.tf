data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  iam = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}"
}

# The most that a job may do, whatever policies its role is given later. IAM, other roles and the organization are not in it.
data "aws_iam_policy_document" "boundary" {
  statement {
    sid = "Services"
    actions = [
      "cloudformation:*",
      "cloudfront:*",
      "cloudwatch:*",
      "ec2:*",
      "ecr:*",
      "ecs:*",
      "lambda:*",
      "logs:*",
      "s3:*",
      "secretsmanager:GetSecretValue",
      "ssm:GetParameter*",
    ]
    resources = ["*"]
  }

  # Anyone who may pass any role to a service can act as that role.
  statement {
    sid       = "PassServiceRoles"
    actions   = ["iam:PassRole"]
    resources = ["${local.iam}:role/service/*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "gitlab-job-boundary"
  description = "The most that roles for GitLab CI/CD jobs may do"
  policy      = data.aws_iam_policy_document.boundary.json
}

# For the teams: they give their roles permissions themselves, as long as the boundary is attached. They cannot change the
# boundary or the trust policies.
data "aws_iam_policy_document" "teams" {
  statement {
    sid = "PermissionsOfBoundedRoles"
    actions = [
      "iam:AttachRolePolicy",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePolicy",
    ]
    resources = ["${local.iam}:role/gitlab/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn]
    }
  }
}

resource "aws_iam_policy" "teams" {
  name        = "gitlab-job-permissions"
  description = "Gives roles for GitLab CI/CD jobs their permissions"
  policy      = data.aws_iam_policy_document.teams.json
}
