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

locals {
  shop = {
    projects      = ["acme/shop"]
    project_ids   = ["4711"]
    namespace_ids = ["42"]
  }
}

module "roles" {
  source = "../modules/gitlab-oidc-roles"

  roles = {
    shop-review     = merge(local.shop, { branches = ["*"] })
    shop-staging    = merge(local.shop, { branches = ["main"] })
    shop-production = merge(local.shop, { tags = ["v*"], protected = true })
  }
}

module "permissions" {
  source   = "../modules/permissions"
  for_each = toset(["review", "staging", "production"])

  role_name   = module.roles.role_names["shop-${each.key}"]
  environment = each.key
  bucket_name = "shop-${each.key}-111111111111"
}

output "role_arns" {
  description = "The inputs role-arn of the component."
  value       = module.roles.role_arns
}
