terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81"
    }
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

# A line here gives a project a role.
module "roles" {
  source = "../modules/gitlab-oidc-roles"

  path                 = "/gitlab/"
  permissions_boundary = aws_iam_policy.boundary.arn

  roles = {
    shop-deploy = {
      projects      = ["acme/shop"]
      project_ids   = ["4711"]
      namespace_ids = ["42"]
      branches      = ["main"]
    }
    api-release = {
      projects              = ["acme/api"]
      protected_environment = true
      deployment_tiers      = ["production"]
    }
    data-import = {
      projects            = ["acme/data/import"]
      branches            = ["main"]
      policy_arns         = { buckets = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" }
      max_session_seconds = 14400
    }
  }
}

output "role_arns" {
  description = "The inputs role-arn of the component."
  value       = module.roles.role_arns
}

output "sub_claim_components" {
  description = "The components of `sub` to set in GitLab, for the roles that need it."
  value       = module.roles.sub_claim_components
}
