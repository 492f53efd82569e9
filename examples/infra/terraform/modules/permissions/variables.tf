variable "role_name" {
  description = "Name of the role that gets the permissions."
  type        = string
}

variable "environment" {
  description = "review, staging or production: the tag of the instances, and a part of the secrets' names."
  type        = string
}

variable "bucket_name" {
  description = "Bucket that the site is published to."
  type        = string
}
