import type { Input } from "./inputs.ts";

const FLAG = { components: ["trust-policy"], reaches: "command-line", type: "string", default: "" } as const;
/** A flag that is given or not. */
const SWITCH = { ...FLAG, placeholder: "", bareValue: "true" } as const;

/** The flags of `trust-policy`; lists are separated by commas. */
export const TRUST_POLICY_INPUTS = [
  {
    ...FLAG,
    name: "project",
    description: "Projects whose jobs may assume the role: `acme/shop`.",
    placeholder: "<paths>",
  },
  {
    ...FLAG,
    name: "group",
    description: "Instead: groups, for every project directly in one of them.",
    placeholder: "<paths>",
  },
  { ...SWITCH, name: "with-subgroups", description: "Projects of subgroups too, at any depth." },
  {
    ...FLAG,
    name: "project-id",
    description:
      "Numbers of the projects: on gitlab.com beside `--project`; alone, `sub` begins with the number, by the API call that is printed.",
    placeholder: "<ids>",
  },
  {
    ...FLAG,
    name: "namespace-id",
    description: "Numbers of the groups that the projects are directly in. On gitlab.com only.",
    placeholder: "<ids>",
  },
  {
    ...FLAG,
    name: "branch",
    description: "Branches; one that ends in `/*` stands for all that begin so.",
    placeholder: "<names>",
  },
  {
    ...FLAG,
    name: "tag",
    description: "Tags, in place of branches.",
    placeholder: "<names>",
  },
  { ...SWITCH, name: "any-branch", description: "Any branch, and so its merge requests." },
  { ...SWITCH, name: "any-tag", description: "Any tag." },
  { ...SWITCH, name: "any-ref", description: "Any branch and any tag." },
  {
    ...SWITCH,
    name: "protected",
    description:
      "Only refs that GitLab protects; their names may end in any `*`: `v*`. Elsewhere than on gitlab.com by the API call that is printed (GitLab 18.7).",
  },
  {
    ...SWITCH,
    name: "protected-environment",
    description: "Only jobs of a protected environment, likewise.",
  },
  {
    ...FLAG,
    name: "deployment-tier",
    description:
      "Only jobs of an environment of these tiers, likewise: production, staging, testing, development, other.",
    placeholder: "<tiers>",
  },
  {
    ...FLAG,
    name: "issuer",
    description: "The `iss` of the tokens. Unless given: `$CI_SERVER_URL`, else `https://gitlab.com`.",
    placeholder: "<url>",
  },
  {
    ...FLAG,
    name: "audience",
    description: "The `aud` of the tokens. Unless given: the issuer.",
    placeholder: "<audience>",
  },
  {
    ...FLAG,
    name: "account",
    description: "AWS account of the role, which `json` and `cli` name.",
    placeholder: "<12 digits>",
  },
  {
    ...FLAG,
    name: "partition",
    description: "Partition of the account. Unless given: `aws`.",
    placeholder: "<partition>",
  },
  {
    ...SWITCH,
    name: "existing-provider",
    description: "The account has an identity provider for the issuer already.",
  },
  {
    ...FLAG,
    name: "role-name",
    description: "Name of the role. Unless given: `gitlab-ci`.",
    placeholder: "<name>",
  },
  {
    ...FLAG,
    name: "managed-policies",
    description: "Policies to attach: ARNs, or names of AWS managed ones.",
    placeholder: "<policies>",
  },
  {
    ...FLAG,
    name: "max-session-seconds",
    type: "number",
    default: 3600,
    description: "Longest session that the role allows: 3600 to 43200 seconds.",
    placeholder: "<seconds>",
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
