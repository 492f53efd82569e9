output "role_arns" {
  description = "The ARN of each role, by name: the component's input `role-arn`."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "role_names" {
  description = "The names of the roles once they exist, to attach more policies to."
  value       = { for name, role in aws_iam_role.this : name => role.name }
}

output "provider_arn" {
  description = "The ARN of the identity provider."
  value       = local.provider_arn
}

output "sub_claim_components" {
  description = "For roles that need it: the `ci_id_token_sub_claim_components` that GitLab's API has to set in their projects."
  value       = { for name, components in local.sub_claim_components : name => components if components != null }
}
