terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81"
    }
  }
}

# A plan for one account is never applied to another.
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["333333333333"]
}

module "permissions" {
  source      = "../modules/permissions"
  role_name   = aws_iam_role.shop_production.name
  environment = "production"
  bucket_name = "shop-production-333333333333"
}
