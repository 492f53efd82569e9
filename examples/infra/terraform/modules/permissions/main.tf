data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  scope     = "${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  bucket    = "arn:${local.partition}:s3:::${var.bucket_name}"
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid       = "ListBucket"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket]
  }

  statement {
    sid       = "PublishSite"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket}/*"]
  }

  # AWS has no narrower permission to look for instances.
  statement {
    sid       = "FindInstances"
    actions   = ["ec2:DescribeInstances"]
    resources = ["*"]
  }

  statement {
    sid       = "RestartInstances"
    actions   = ["ec2:RebootInstances"]
    resources = ["arn:${local.partition}:ec2:${local.scope}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
  }

  statement {
    sid       = "ReadSecrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:${local.partition}:secretsmanager:${local.scope}:secret:shop/${var.environment}/*"]
  }
}

resource "aws_iam_role_policy" "permissions" {
  name   = "permissions"
  role   = var.role_name
  policy = data.aws_iam_policy_document.permissions.json
}
