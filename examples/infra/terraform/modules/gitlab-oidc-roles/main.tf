resource "aws_iam_openid_connect_provider" "gitlab" {
  count = var.create_provider ? 1 : 0

  url            = var.issuer
  client_id_list = [local.audience]
  tags           = var.tags
}

data "aws_iam_openid_connect_provider" "gitlab" {
  count = var.create_provider ? 0 : 1

  url = var.issuer
}

locals {
  provider_arn = one(concat(
    aws_iam_openid_connect_provider.gitlab[*].arn,
    data.aws_iam_openid_connect_provider.gitlab[*].arn,
  ))

  attachments = merge([for name, role in var.roles : {
    for key, arn in role.policy_arns : "${name}/${key}" => { role = name, policy_arn = arn }
  }]...)
}

resource "aws_iam_role" "this" {
  for_each = var.roles

  name                 = each.key
  path                 = var.path
  description          = "Assumed by GitLab CI/CD jobs with their ID token"
  max_session_duration = each.value.max_session_seconds
  assume_role_policy   = local.trust_policies[each.key]
  permissions_boundary = each.value.permissions_boundary == null ? var.permissions_boundary : each.value.permissions_boundary
  tags                 = var.tags

  lifecycle {
    precondition {
      condition     = length(local.problems[each.key]) == 0
      error_message = "${each.key}: ${join("; ", local.problems[each.key])}."
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attachments

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = each.value.policy_arn
}
