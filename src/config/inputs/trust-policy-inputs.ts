import type { Input } from "./input.ts";

const FLAG = { components: ["trust-policy"], reaches: "command-line", type: "string", default: "" } as const;

/** A flag with a value. */
function text<const Name extends string>(name: Name, placeholder: string, description: string) {
  return { ...FLAG, name, placeholder, description };
}

/** A flag with values, separated by commas or each behind a flag of its own. */
function list<const Name extends string>(name: Name, placeholder: string, description: string) {
  return { ...text(name, placeholder, description), isList: true } as const;
}

/** A flag that is given or not. */
function toggle<const Name extends string>(name: Name, description: string) {
  return { ...FLAG, name, placeholder: "", description, value: "none" } as const;
}

/** The flags of `trust-policy`. */
export const TRUST_POLICY_INPUTS = [
  list("project", "<paths>", "Projects whose jobs may assume the role: `acme/shop`."),
  list("group", "<paths>", "Instead: groups, for every project directly in one of them."),
  toggle("with-subgroups", "Projects of subgroups too, at any depth."),
  list(
    "project-id",
    "<ids>",
    "Numbers of the projects: on gitlab.com beside `--project`; alone, `sub` begins with the number, by the API call that is printed.",
  ),
  list(
    "namespace-id",
    "<ids>",
    "Numbers of the groups that the projects are directly in. On gitlab.com only.",
  ),
  list("branch", "<names>", "Branches; one that ends in `/*` stands for all that begin so."),
  list("tag", "<names>", "Tags, in place of branches."),
  toggle("any-branch", "Any branch, and so its merge requests."),
  toggle("any-tag", "Any tag."),
  toggle("any-ref", "Any branch and any tag."),
  toggle(
    "protected",
    "Only refs that GitLab protects; their names may end in any `*`: `v*`. Elsewhere than on gitlab.com by the API call that is printed (GitLab 18.7).",
  ),
  toggle("protected-environment", "Only jobs of a protected environment, likewise."),
  list(
    "deployment-tier",
    "<tiers>",
    "Only jobs of an environment of these tiers, likewise: production, staging, testing, development, other.",
  ),
  text(
    "issuer",
    "<url>",
    "The `iss` of the tokens. Unless given: `$CI_SERVER_URL`, else `https://gitlab.com`.",
  ),
  text("audience", "<audience>", "The `aud` of the tokens. Unless given: the issuer."),
  text("account", "<12 digits>", "AWS account of the role, which `json` and `cli` name."),
  text("partition", "<partition>", "Partition of the account. Unless given: `aws`."),
  toggle("existing-provider", "The account has an identity provider for the issuer already."),
  text("role-name", "<name>", "Name of the role. Unless given: `gitlab-ci`."),
  list("managed-policies", "<policies>", "Policies to attach: ARNs, or names of AWS managed ones."),
  {
    ...text(
      "max-session-seconds",
      "<seconds>",
      "Longest session that the role allows: 3600 to 43200 seconds.",
    ),
    default: 3600,
  },
  {
    ...FLAG,
    name: "format",
    default: "json",
    options: ["json", "cloudformation", "terraform", "cli"],
    description: "`json` is the trust policy alone; the others make provider and role.",
  },
] as const satisfies readonly Input[];

export type TrustPolicyInputName = (typeof TRUST_POLICY_INPUTS)[number]["name"];
