import type { Input } from "./input.ts";

const FLAG = { components: ["migrate"], reaches: "command-line", type: "string" } as const;

/** The flags of `migrate`. */
export const MIGRATE_INPUTS = [
  {
    ...FLAG,
    name: "file",
    isPositional: true,
    default: ".gitlab-ci.yml",
    placeholder: "<path>",
    description: "The file to read, also accepted without the flag. It is not changed.",
  },
  {
    ...FLAG,
    name: "component-group",
    default: "",
    placeholder: "<path>",
    description: "Group on your GitLab that has the project aws-oidc. It is part of the component's address.",
  },
  {
    ...FLAG,
    name: "role-arn",
    default: "",
    placeholder: "<arn>",
    description:
      "Role for jobs that now use stored keys. Default: a CI/CD variable named after that of the key, such as `$AWS_ROLE_ARN`.",
  },
] as const satisfies readonly Input[];

export type MigrateInputName = (typeof MIGRATE_INPUTS)[number]["name"];
