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
    description: "Group on your GitLab that has the project aws-oidc, for the address of the component.",
  },
  {
    ...FLAG,
    name: "role-arn",
    default: "",
    placeholder: "<arn>",
    description:
      "Role for jobs that use stored keys so far. Unless given: a CI/CD variable whose name follows that of the key, such as `$AWS_ROLE_ARN`.",
  },
] as const satisfies readonly Input[];

export type MigrateInputName = (typeof MIGRATE_INPUTS)[number]["name"];
