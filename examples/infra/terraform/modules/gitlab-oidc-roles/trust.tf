locals {
  # What condition keys begin with.
  prefix        = trimprefix(var.issuer, "https://")
  audience      = var.audience == null ? var.issuer : var.audience
  on_gitlab_com = local.prefix == "gitlab.com"

  # AWS makes condition keys of the numbers and of ref_protected for gitlab.com only. Elsewhere they are parts of `sub`, as
  # far as GitLab can put them there.
  subject_projects = { for name, role in var.roles : name => concat(
    [for path in role.projects : "project_path:${path}"],
    [for id in role.project_ids : "project_id:${id}" if length(role.projects) == 0],
  ) }

  subject_claims = { for name, role in var.roles : name => [
    for tier in concat(role.deployment_tiers, length(role.deployment_tiers) == 0 ? [""] : []) : join("", [
      role.protected && !local.on_gitlab_com ? "ref_protected:true:" : "",
      role.protected_environment ? "environment_protected:true:" : "",
      tier == "" ? "" : "deployment_tier:${tier}:",
    ])
  ] }

  subject_refs = { for name, role in var.roles : name => concat(
    [for branch in role.branches : "ref_type:branch:ref:${branch}"],
    [for tag in role.tags : "ref_type:tag:ref:${tag}"],
    length(role.branches) + length(role.tags) == 0 ? ["ref_type:*"] : [],
  ) }

  # Every combination. What begins a policy variable is written so that it stands for itself.
  subjects = { for name, role in var.roles : name => distinct(flatten([
    for project in local.subject_projects[name] : [
      for claims in local.subject_claims[name] : [
        for ref in local.subject_refs[name] : replace("${project}:${claims}${ref}", "$${", "$${$}{")
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
    { operator = "StringEquals", claim = "project_id", values = length(role.projects) > 0 ? role.project_ids : [] },
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

  # What GitLab has to make `sub` of; null where the default serves.
  sub_claim_components = { for name, role in var.roles : name =>
    length(role.projects) > 0 && join("", local.subject_claims[name]) == "" ? null : concat(
      [length(role.projects) > 0 ? "project_path" : "project_id"],
      [for claim in ["ref_protected"] : claim if role.protected && !local.on_gitlab_com],
      [for claim in ["environment_protected"] : claim if role.protected_environment],
      [for claim in ["deployment_tier"] : claim if length(role.deployment_tiers) > 0],
      ["ref_type", "ref"],
    )
  }

  sub_forms = { for name, components in local.sub_claim_components : name =>
    components == null ? "project_path, ref_type, ref" : join(", ", components)
  }

  # Roles with a project in common whose `sub` would have to have different forms.
  divided = { for name, role in var.roles : name => [
    for other, its in var.roles : other
    if local.sub_forms[other] != local.sub_forms[name] && length(setintersection(
      concat(role.projects, role.project_ids), concat(its.projects, its.project_ids),
    )) > 0
  ] }

  problems = { for name, role in var.roles : name => concat(
    [for other in local.divided[name] :
      "a project has one form of sub, and ${name} wants ${local.sub_forms[name]}, ${other} ${local.sub_forms[other]}"
    ],
    [for count in [length(role.project_ids)] : "give the number of every project, or none"
      if length(role.projects) > 0 && !contains([0, length(role.projects)], count)
    ],
    [for count in [length(role.project_ids)] : "elsewhere than on gitlab.com, sub has the path or the number: give one of them"
      if !local.on_gitlab_com && length(role.projects) > 0 && count > 0
    ],
    [for count in [length(role.namespace_ids)] : "AWS sees namespace_id for gitlab.com only"
      if !local.on_gitlab_com && count > 0
    ],
  ) }
}
