import type { Input } from "./input.ts";

const FLAG = { components: ["trust-policy"], reaches: "command-line", type: "string", default: "" } as const;

/** A flag with a value. */
function text<const Name extends string>(name: Name, placeholder: string, description: string) {
  return { ...FLAG, name, placeholder, description };
}

/** A flag with values, separated by commas or each after its own flag. */
function list<const Name extends string>(name: Name, placeholder: string, description: string) {
  return { ...text(name, placeholder, description), isList: true } as const;
}

/** A flag that is given or not. */
function toggle<const Name extends string>(name: Name, description: string) {
  return { ...FLAG, name, placeholder: "", description, value: "none" } as const;
}

/** A flag that can apply to one role of several. */
function ofRole<const Flag extends Input>(flag: Flag) {
  return { ...flag, section: "within" } as const;
}

/** The flags of `trust-policy`. */
export const TRUST_POLICY_INPUTS = [
  ofRole(list("project", "<paths>", "Projects whose jobs may assume the role, such as `acme/shop`.")),
  ofRole(
    list(
      "group",
      "<paths>",
      "Groups, instead of `--project`. Admits every project that is directly in one of them.",
    ),
  ),
  ofRole(toggle("with-subgroups", "Also the projects of subgroups, at any depth.")),
  ofRole(
    list(
      "project-id",
      "<ids>",
      "IDs of the projects. On gitlab.com, use them together with `--project`. Without `--project`, `sub` begins with the ID, which needs the printed API call.",
    ),
  ),
  ofRole(
    list("namespace-id", "<ids>", "IDs of the groups that the projects are directly in. Only on gitlab.com."),
  ),
  ofRole(
    list("branch", "<names>", "Branches. `release/*` stands for every branch that begins with `release/`."),
  ),
  ofRole(list("tag", "<names>", "Tags. With `--branch`, the role admits both.")),
  ofRole(toggle("any-branch", "Any branch, including its merge requests.")),
  ofRole(toggle("any-tag", "Any tag.")),
  ofRole(toggle("any-ref", "Any branch and any tag.")),
  ofRole(
    toggle(
      "protected",
      "Only protected branches and tags. Names may then end in `*` without a slash before it, such as `v*`. Instances other than gitlab.com need the printed API call (GitLab 18.7).",
    ),
  ),
  ofRole(
    toggle(
      "protected-environment",
      "Only jobs of a protected environment (Premium or Ultimate). Needs the printed API call (GitLab 18.7).",
    ),
  ),
  ofRole(
    toggle(
      "unprotected-environment",
      "Only jobs of an environment that is not protected, such as a review app. Needs the same call.",
    ),
  ),
  ofRole(
    list(
      "deployment-tier",
      "<tiers>",
      "Only jobs of environments of these tiers: production, staging, testing, development, other. Needs the same call.",
    ),
  ),
  ofRole(
    text(
      "environment",
      "<name>",
      "Always refused, because AWS never sees this name. The answer says which of the three flags above to use.",
    ),
  ),
  {
    ...text(
      "role-name",
      "<name>",
      "Name of the role. Default: `gitlab-ci`. Repeat `--role` for several roles in one document: flags after a `--role` apply to that role only, flags before the first apply to all.",
    ),
    alias: "role",
    section: "opens",
  },
  ofRole(
    list("managed-policies", "<policies>", "Policies to attach: ARNs, or names of AWS managed policies."),
  ),
  ofRole(
    text(
      "permissions-boundary",
      "<policy>",
      "Policy that limits what the role can do: an ARN, or the name of an AWS managed policy.",
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
      "Tags that a session may set by assuming the role again: `project` allows any value, `team=shop` only this one.",
    ),
  ),
  text(
    "issuer",
    "<url>",
    "The `iss` of the tokens. Default: `$CI_SERVER_URL`, or else `https://gitlab.com`.",
  ),
  text("audience", "<audience>", "The `aud` of the tokens. Default: the issuer."),
  toggle(
    "no-checkout",
    "Takes nothing from git. By default, if you omit `--project`, project and instance come from the folder's git remote, and the branch is its default branch unless you give a ref.",
  ),
  text("account", "<12 digits>", "AWS account of the roles. `json` and `cli` need it."),
  text("partition", "<partition>", "Partition of the account. Default: `aws`."),
  toggle("existing-provider", "The account already has an identity provider for the issuer."),
  {
    ...FLAG,
    name: "format",
    default: "json",
    options: ["json", "cloudformation", "terraform", "cli"],
    description:
      "`json` prints only the trust policy; the other formats create the identity provider and the roles.",
  },
] as const satisfies readonly Input[];

/** Options that people expect from `trust-policy`, with what to do instead. */
export const EXPECTED_OPTIONS: ReadonlyMap<string, string> = new Map([
  [
    "merge-request",
    "Merge request jobs have the `sub` of the source branch: name it with --branch, or use --any-branch.",
  ],
  ["ref", "Use --branch or --tag."],
  ["role-arn", "Pass the role's name with --role-name, and its account with --account."],
]);

export type TrustPolicyInputName = (typeof TRUST_POLICY_INPUTS)[number]["name"];
