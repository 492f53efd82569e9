terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "shop.tfstate"
    region       = "eu-central-1"
    profile      = "state"
    use_lockfile = true
  }

  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region  = "eu-central-1"
  profile = "production"
}

provider "aws" {
  alias   = "dns"
  region  = "us-east-1"
  profile = "dns"
}

resource "aws_s3_bucket" "shop" {
  bucket = "shop-production"
}

resource "aws_route53_record" "shop" {
  provider = aws.dns
  zone_id  = "Z0123456789EXAMPLE"
  name     = "shop.example.com"
  type     = "CNAME"
  ttl      = 300
  records  = [aws_s3_bucket.shop.bucket_regional_domain_name]
}
