import { DEFAULT_ISSUER } from "./doctor-inputs.ts";
import type { Input } from "./input.ts";

const FLAG = { components: ["doctor"], reaches: "command-line", type: "string", default: "" } as const;

/** Flags of `doctor` that its component does not have: what it needs to know offline, without a job. */
export const DOCTOR_FLAGS = [
  {
    ...FLAG,
    name: "claims",
    description:
      "To check offline: a file with an ID token, which is decoded and never shown, or with its claims as JSON. `-` reads standard input.",
    placeholder: "<path>",
  },
  {
    ...FLAG,
    name: "project",
    description:
      "To check offline: the job's project, with one of --branch, --tag and --merge-request. The claims follow from them.",
    placeholder: "<group>/<project>",
  },
  {
    ...FLAG,
    name: "branch",
    description: "Branch that the pipeline runs for.",
    placeholder: "<name>",
  },
  {
    ...FLAG,
    name: "tag",
    description: "Tag that the pipeline runs for.",
    placeholder: "<name>",
  },
  {
    ...FLAG,
    name: "merge-request",
    value: "optional",
    description:
      "Source branch of the merge request that the pipeline runs for. Without a value, the branch in --branch is the source.",
    placeholder: "<source branch>",
  },
  {
    ...FLAG,
    name: "environment",
    description: "The job's environment.",
    placeholder: "<name>",
  },
  {
    ...FLAG,
    name: "issuer",
    default: DEFAULT_ISSUER,
    description: "URL of the GitLab instance.",
    placeholder: "<url>",
  },
  {
    ...FLAG,
    name: "audience",
    description: "Audience of the token. Default: the URL of the instance.",
    placeholder: "<aud>",
  },
  {
    ...FLAG,
    name: "project-id",
    description: "ID of the project, which trust policies for gitlab.com can test.",
    placeholder: "<id>",
  },
  {
    ...FLAG,
    name: "namespace-id",
    description: "ID of the project's group, which they can also test.",
    placeholder: "<id>",
  },
  {
    ...FLAG,
    name: "fetch-trust-policy",
    value: "none",
    description:
      "Fetches the trust policy of `--role-arn` from IAM, with the AWS credentials in the environment, which need `iam:GetRole`. Not in a job.",
    placeholder: "",
  },
  {
    ...FLAG,
    name: "no-checkout",
    value: "none",
    description:
      "Takes nothing from git. By default, if you omit `--project` and `--claims`, the project comes from the folder's git remote, and the branch is the one that is checked out.",
    placeholder: "",
  },
  {
    ...FLAG,
    name: "strict",
    value: "none",
    description:
      "Exits with code 1 for the verdicts `unknown` and `too-wide` too, for scripts that must not pass by mistake.",
    placeholder: "",
  },
  {
    ...FLAG,
    name: "explain",
    description:
      "Explains an error from STS or IAM, pasted from the log of any tool; `-` reads it from standard input.",
    placeholder: "<text>",
  },
] as const satisfies readonly Input[];
