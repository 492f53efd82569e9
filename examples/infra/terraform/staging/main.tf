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
  allowed_account_ids = ["222222222222"]
}

module "permissions" {
  source      = "../modules/permissions"
  role_name   = aws_iam_role.shop_staging.name
  environment = "staging"
  bucket_name = "shop-staging-222222222222"
}
