import type { Input } from "./input.ts";

const FLAG = { components: ["sandbox"], reaches: "command-line", type: "string", default: "" } as const;

/** A flag with a value. */
function text<const Name extends string>(name: Name, placeholder: string, description: string) {
  return { ...FLAG, name, placeholder, description };
}

/** A flag that is given or not. */
function toggle<const Name extends string>(name: Name, description: string) {
  return { ...FLAG, name, placeholder: "", description, value: "none" } as const;
}

/** The flags of `sandbox`. */
export const SANDBOX_INPUTS = [
  {
    ...text(
      "trust-policy-file",
      "<paths>",
      "Files with trust policies, as printed by `trust-policy` or `aws iam get-role`. If a file does not name its role and the pipeline names several, write `<role ARN>=<path>`.",
    ),
    alias: "trust-policy",
    isList: true,
  },
  text(
    "project",
    "<group>/<project>",
    "Project of the pipeline. Default: the project of the remote `origin`.",
  ),
  text("branch", "<name>", "Branch that the pipeline runs for. Default: the one that is checked out."),
  text("tag", "<name>", "Tag that the pipeline runs for, instead of a branch."),
  toggle(
    "protected",
    "The branch or tag is protected. By default only the default branch is, as in a new project.",
  ),
  text("environment", "<name>", "Environment of the jobs."),
  toggle("protected-environment", "That environment is protected."),
  text("deployment-tier", "<tier>", "Tier of that environment. Default: `production`."),
  text(
    "issuer",
    "<url>",
    "URL of the GitLab instance. Default: the host of `origin`, or else the one in the trust policy.",
  ),
  text("project-id", "<id>", "ID of the project. Default: 1217, as in gitlab-ci-local."),
  text("namespace-id", "<id>", "ID of its group. Default: 42."),
  {
    ...text(
      "sub-components",
      "<names>",
      "Components of `sub`, if the project sets `ci_id_token_sub_claim_components`. Default: `project_path,ref_type,ref`.",
    ),
    isList: true,
  },
] as const satisfies readonly Input[];

export type SandboxInputName = (typeof SANDBOX_INPUTS)[number]["name"];
