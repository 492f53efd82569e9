variable "roles" {
  description = "The roles by name: whose jobs may assume each, and what it may do."
  type = map(object({
    projects                = optional(list(string), [])
    project_ids             = optional(list(string), [])
    namespace_ids           = optional(list(string), [])
    branches                = optional(list(string), [])
    tags                    = optional(list(string), [])
    protected               = optional(bool, false)
    protected_environment   = optional(bool, false)
    unprotected_environment = optional(bool, false)
    deployment_tiers        = optional(list(string), [])
    policy_arns             = optional(map(string), {})
    permissions_boundary    = optional(string)
    max_session_seconds     = optional(number, 3600)
  }))

  validation {
    condition     = alltrue([for role in var.roles : length(role.projects) + length(role.project_ids) > 0])
    error_message = "Every role needs projects (acme/shop) or project_ids."
  }

  validation {
    condition = alltrue(flatten([for role in var.roles : [
      for path in role.projects :
      can(regex("^[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)+$", path)) && !endswith(path, ".git")
    ]]))
    error_message = "Write projects as group/project, without the instance's address, .git or wildcards."
  }

  validation {
    condition = alltrue(flatten([for role in var.roles : [
      for id in concat(role.project_ids, role.namespace_ids) : can(regex("^[1-9][0-9]{0,18}$", id))
    ]]))
    error_message = "project_ids and namespace_ids must be whole numbers."
  }

  validation {
    condition = alltrue([for role in var.roles :
      length(role.branches) + length(role.tags) > 0 || role.protected || role.protected_environment
    ])
    error_message = "Every role needs branches, tags, protected or protected_environment."
  }

  # Anyone who may push can create a branch whose name begins with "release". So a wildcard needs a slash before it, because
  # GitLab can then protect all these names, or it needs protected refs or environments.
  validation {
    condition = alltrue(flatten([for role in var.roles : [
      for name in concat(role.branches, role.tags) : can(regex(
        role.protected || role.protected_environment ? "^[^*?]+[*]?$|^[*]$" : "^[^*?]+$|^[^*?]+/[*]$|^[*]$",
        name,
      ))
    ]]))
    error_message = "A name may end in /*, or be just *; with protected or protected_environment it may end in any *."
  }

  validation {
    condition = alltrue(flatten([for role in var.roles : [
      for tier in role.deployment_tiers : contains(["production", "staging", "testing", "development", "other"], tier)
    ]]))
    error_message = "deployment_tiers must be production, staging, testing, development or other."
  }

  validation {
    condition = alltrue([for role in var.roles :
      role.max_session_seconds >= 3600 && role.max_session_seconds <= 43200
    ])
    error_message = "max_session_seconds must be 3600 to 43200."
  }
}

variable "issuer" {
  description = "The `iss` of the tokens, character by character."
  type        = string
  default     = "https://gitlab.com"

  validation {
    condition     = can(regex("^https://[^/:]+(/[^/]+)*$", var.issuer))
    error_message = "The issuer must be an https URL without a port or a trailing slash."
  }
}

variable "audience" {
  description = "The `aud` of the tokens; the issuer unless given."
  type        = string
  default     = null
}

variable "create_provider" {
  description = "Create the identity provider. An account has one for each issuer: set this to false if it already exists."
  type        = bool
  default     = true
}

variable "permissions_boundary" {
  description = "ARN of the permissions boundary of every role that does not set its own."
  type        = string
  default     = null
}

variable "path" {
  description = "Path of the roles."
  type        = string
  default     = "/"
}

variable "tags" {
  description = "Tags of the identity provider and of the roles."
  type        = map(string)
  default     = {}
}
