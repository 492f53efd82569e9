terraform {
  required_version = ">= 1.5"

  required_providers {
    # 5.81 accepts an identity provider without thumbprints.
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81"
    }
  }
}
