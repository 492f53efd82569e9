# Needs AWS provider 5.81 or later, which does not require thumbprints.
resource "aws_iam_openid_connect_provider" "gitlab" {
  url            = "https://gitlab.com"
  client_id_list = ["https://gitlab.com"]
}

resource "aws_iam_role" "shop_production" {
  name                 = "shop-production"
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
          "gitlab.com:aud"           = "https://gitlab.com"
          "gitlab.com:project_id"    = "4711"
          "gitlab.com:namespace_id"  = "42"
          "gitlab.com:ref_protected" = "true"
        }
        StringLike = {
          "gitlab.com:sub" = "project_path:acme/shop:ref_type:tag:ref:v*"
        }
      }
    }]
  })
}

output "shop_production_role_arn" {
  description = "The input role-arn of the component"
  value       = aws_iam_role.shop_production.arn
}
