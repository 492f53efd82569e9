locals {
  # The prefix of condition keys.
  prefix        = trimprefix(var.issuer, "https://")
  audience      = var.audience == null ? var.issuer : var.audience
  on_gitlab_com = local.prefix == "gitlab.com"
}

# A project's `sub` has the same parts in all its jobs, so roles that share a project need the same form of it.
locals {
  by_path = { for name, role in var.roles : name => length(role.projects) > 0 }

  projects = { for name, role in var.roles : name => local.by_path[name] ? role.projects : role.project_ids }

  related = { for name, role in var.roles : name => [
    for other, its in var.roles : other
    if local.by_path[other] == local.by_path[name] && length(setintersection(local.projects[name], local.projects[other])) > 0
  ] }

  # Indirectly, through one, two and three others.
  related_by_2 = { for name, role in var.roles : name => distinct(flatten([for other in local.related[name] : local.related[other]])) }
  related_by_4 = { for name, role in var.roles : name => distinct(flatten([for other in local.related_by_2[name] : local.related_by_2[other]])) }
  related_by_8 = { for name, role in var.roles : name => distinct(flatten([for other in local.related_by_4[name] : local.related_by_4[other]])) }

  asks_environment = { for name, role in var.roles : name =>
    role.protected_environment || role.unprotected_environment || length(role.deployment_tiers) > 0
  }

  # AWS has a condition key for ref_protected on gitlab.com only. Elsewhere it is a part of `sub`.
  has_protection  = { for name, others in local.related_by_8 : name => anytrue([for other in others : var.roles[other].protected && !local.on_gitlab_com]) }
  has_environment = { for name, others in local.related_by_8 : name => anytrue([for other in others : local.asks_environment[other]]) }

  sub_forms = { for name, role in var.roles : name => concat(
    [local.by_path[name] ? "project_path" : "project_id"],
    [for claim in ["ref_protected"] : claim if local.has_protection[name]],
    [for claim in ["environment_protected", "deployment_tier"] : claim if local.has_environment[name]],
    ["ref_type", "ref"],
  ) }

  # The components of `sub` to set in GitLab; null if the default is enough.
  sub_claim_components = { for name, form in local.sub_forms : name =>
    join(" ", form) == "project_path ref_type ref" ? null : form
  }
}

# Every combination of the parts. In jobs without an environment GitLab leaves out the parts about it, so a role that does not
# test one admits both.
locals {
  protections = { for name, role in var.roles : name =>
    [!local.has_protection[name] ? "" : role.protected ? "ref_protected:true:" : "ref_protected:*:"]
  }

  protected_environments = { for name, role in var.roles : name =>
    role.protected_environment ? "true" : role.unprotected_environment ? "false" : "*"
  }

  environments = { for name, role in var.roles : name => concat(
    [for none in [""] : none if !local.asks_environment[name]],
    [
      for tier in concat(role.deployment_tiers, length(role.deployment_tiers) == 0 ? ["*"] : []) :
      "environment_protected:${local.protected_environments[name]}:deployment_tier:${tier}:" if local.has_environment[name]
    ],
  ) }

  refs = { for name, role in var.roles : name => concat(
    [for branch in role.branches : "ref_type:branch:ref:${branch}"],
    [for tag in role.tags : "ref_type:tag:ref:${tag}"],
    length(role.branches) + length(role.tags) == 0 ? ["ref_type:*"] : [],
  ) }

  # The start of a policy variable is escaped.
  subjects = { for name, role in var.roles : name => distinct(flatten([
    for project in local.projects[name] : [
      for protection in local.protections[name] : [
        for environment in local.environments[name] : [
          for ref in local.refs[name] : replace(
            "${local.by_path[name] ? "project_path" : "project_id"}:${project}:${protection}${environment}${ref}", "$${", "$${$}{",
          )
        ]
      ]
    ]
  ])) }

  conditions = { for name, role in var.roles : name => [
    { operator = "StringEquals", claim = "aud", values = [local.audience] },
    {
      operator = strcontains(join("", local.subjects[name]), "*") ? "StringLike" : "StringEquals"
      claim    = "sub"
      values   = local.subjects[name]
    },
    { operator = "StringEquals", claim = "project_id", values = local.by_path[name] ? role.project_ids : [] },
    { operator = "StringEquals", claim = "namespace_id", values = role.namespace_ids },
    { operator = "StringEquals", claim = "ref_protected", values = role.protected && local.on_gitlab_com ? ["true"] : [] },
  ] }

  trust_policies = { for name, role in var.roles : name => jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        for operator in distinct([for condition in local.conditions[name] : condition.operator]) : operator => {
          for condition in local.conditions[name] : "${local.prefix}:${condition.claim}" => condition.values
          if condition.operator == operator && length(condition.values) > 0
        }
      }
    }]
  }) }
}

# Problems that only the variables together show.
locals {
  problems = { for name, role in var.roles : name => concat(
    [
      for other, its in var.roles : "a project has one form of sub, with its path or its number: ${other} names one by its path, and this role the same by its number"
      if !local.by_path[name] && local.by_path[other] && length(setintersection(role.project_ids, its.project_ids)) > 0
    ],
    [
      for other in local.related[name] : "more than eight other roles lie between this one and ${other}, which needs the same form of sub: write these roles with trust-policy"
      if local.sub_forms[other] != local.sub_forms[name]
    ],
    [
      for count in [length(role.project_ids)] : "give the id of every project, or none"
      if local.by_path[name] && !contains([0, length(role.projects)], count)
    ],
    [
      for count in [length(role.project_ids)] : "outside gitlab.com, sub has the path or the number: give one of them"
      if !local.on_gitlab_com && local.by_path[name] && count > 0
    ],
    [
      for count in [length(role.namespace_ids)] : "AWS sees namespace_id for gitlab.com only"
      if !local.on_gitlab_com && count > 0
    ],
    [
      for both in [role.protected_environment && role.unprotected_environment] : "choose protected_environment or unprotected_environment"
      if both
    ],
  ) }
}
