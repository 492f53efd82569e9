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

/** A flag that can be for one role of several. */
function ofRole<const Flag extends Input>(flag: Flag) {
  return { ...flag, section: "within" } as const;
}

/** The flags of `trust-policy`. */
export const TRUST_POLICY_INPUTS = [
  ofRole(list("project", "<paths>", "Projects whose jobs may assume the role: `acme/shop`.")),
  ofRole(list("group", "<paths>", "Instead: groups, for every project directly in one of them.")),
  ofRole(toggle("with-subgroups", "Projects of subgroups too, at any depth.")),
  ofRole(
    list(
      "project-id",
      "<ids>",
      "Numbers of the projects: on gitlab.com beside `--project`; alone, `sub` begins with the number, by the API call that is printed.",
    ),
  ),
  ofRole(
    list(
      "namespace-id",
      "<ids>",
      "Numbers of the groups that the projects are directly in. On gitlab.com only.",
    ),
  ),
  ofRole(list("branch", "<names>", "Branches; one that ends in `/*` stands for all that begin so.")),
  ofRole(list("tag", "<names>", "Tags: with `--branch`, both.")),
  ofRole(toggle("any-branch", "Any branch, and so its merge requests.")),
  ofRole(toggle("any-tag", "Any tag.")),
  ofRole(toggle("any-ref", "Any branch and any tag.")),
  ofRole(
    toggle(
      "protected",
      "Only refs that GitLab protects; their names may end in any `*`: `v*`. Elsewhere than on gitlab.com by the API call that is printed (GitLab 18.7).",
    ),
  ),
  ofRole(
    toggle(
      "protected-environment",
      "Only jobs of an environment that GitLab protects (Premium or Ultimate), by the API call that is printed (GitLab 18.7).",
    ),
  ),
  ofRole(
    toggle(
      "unprotected-environment",
      "Only jobs of an environment that GitLab does not protect, such as a review app, in the same way.",
    ),
  ),
  ofRole(
    list(
      "deployment-tier",
      "<tiers>",
      "Only jobs of an environment of these tiers, in the same way: production, staging, testing, development, other.",
    ),
  ),
  ofRole(
    text(
      "environment",
      "<name>",
      "AWS never sees this name: says which of the three flags above to use instead.",
    ),
  ),
  {
    ...text(
      "role-name",
      "<name>",
      "Name of the role. Unless given: `gitlab-ci`. Each further `--role` makes one more role in the same document: the flags behind it are for it alone, those before the first for all.",
    ),
    alias: "role",
    section: "opens",
  },
  ofRole(list("managed-policies", "<policies>", "Policies to attach: ARNs, or names of AWS managed ones.")),
  ofRole(
    text(
      "permissions-boundary",
      "<policy>",
      "Policy that bounds what the role can do: an ARN, or the name of an AWS managed one.",
    ),
  ),
  ofRole({
    ...text(
      "max-session-seconds",
      "<seconds>",
      "Longest session that the role allows: 3600 to 43200 seconds.",
    ),
    default: 3600,
  }),
  ofRole(
    list(
      "session-tags",
      "<tags>",
      "Tags with which a session may assume the role once more: `project`, or `team=shop` for this value only.",
    ),
  ),
  text(
    "issuer",
    "<url>",
    "The `iss` of the tokens. Unless given: `$CI_SERVER_URL`, else `https://gitlab.com`.",
  ),
  text("audience", "<audience>", "The `aud` of the tokens. Unless given: the issuer."),
  text("account", "<12 digits>", "AWS account of the roles, which `json` and `cli` name."),
  text("partition", "<partition>", "Partition of the account. Unless given: `aws`."),
  toggle("existing-provider", "The account has an identity provider for the issuer already."),
  {
    ...FLAG,
    name: "format",
    default: "json",
    options: ["json", "cloudformation", "terraform", "cli"],
    description: "`json` is the trust policy alone; the others make provider and roles.",
  },
] as const satisfies readonly Input[];

export type TrustPolicyInputName = (typeof TRUST_POLICY_INPUTS)[number]["name"];
