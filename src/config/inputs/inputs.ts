import { DURATION_SECONDS } from "../../aws/sts/session.ts";
import { ASSUME_ROLE_DEFAULTS } from "./assume-role-inputs.ts";
import { DOCTOR_FLAGS } from "./doctor-flags.ts";
import { DOCTOR_DEFAULTS } from "./doctor-inputs.ts";
import type { ComponentName, Input } from "./input.ts";
import { MIGRATE_INPUTS } from "./migrate-inputs.ts";
import { SANDBOX_INPUTS } from "./sandbox-inputs.ts";
import { TRUST_POLICY_INPUTS } from "./trust-policy-inputs.ts";

const ASSUME_ROLE: readonly ComponentName[] = ["assume-role"];
const WEB_IDENTITY: readonly ComponentName[] = ["web-identity"];
const DOCTOR: readonly ComponentName[] = ["doctor"];
/** The doctor takes every input of `assume-role`, so that the same YAML block works for both. */
const EXCHANGING: readonly ComponentName[] = ["assume-role", "doctor"];
const ALL: readonly ComponentName[] = ["assume-role", "web-identity", "doctor"];

/** Within a longer text, GitLab treats a backslash in an input's value as a reference to what it replaces. */
const JOB_NAME_REGEX = "^[^\\\\]+$";
/** It becomes part of variable names, and of a line of shell. */
const HIDDEN_JOB_NAME_REGEX = "^[A-Za-z0-9_]+$";

/** An input that `assume-role` reads, which gives it its default. */
function script<const Name extends keyof typeof ASSUME_ROLE_DEFAULTS>(name: Name) {
  const value = ASSUME_ROLE_DEFAULTS[name];
  const type = typeof value === "number" ? "number" : "string";
  return { name, reaches: "script", type, default: value } as const;
}

export const INPUTS = [
  {
    ...script("role-arn"),
    components: ALL,
    description: "ARN of the IAM role to assume, in any partition.",
    placeholder: "<arn>",
  },
  {
    ...script("region"),
    components: EXCHANGING,
    description:
      "AWS Region whose STS is used. Later jobs get it as `AWS_REGION` and `AWS_DEFAULT_REGION`. " +
      "If empty: `$AWS_REGION`, then `$AWS_DEFAULT_REGION`, or else the default Region of the role's partition, for STS only.",
    placeholder: "<region>",
  },
  {
    name: "audience",
    components: ALL,
    reaches: "job",
    type: "string",
    default: "$CI_SERVER_URL",
    description: "Audience (`aud`) of the ID token, as listed in the identity provider in AWS.",
  },
  {
    ...script("session-name"),
    components: ALL,
    description: "Role session name, as CloudTrail shows it: 2 to 64 letters, digits and `_+=,.@-`.",
    placeholder: "<name>",
  },
  {
    ...script("duration-seconds"),
    components: EXCHANGING,
    description: `Lifetime of the credentials: ${DURATION_SECONDS.min} to ${DURATION_SECONDS.max} seconds, within the role's own maximum.`,
    placeholder: "<seconds>",
  },
  {
    ...script("session-policy"),
    components: EXCHANGING,
    expand: false,
    description:
      "IAM policy in JSON that narrows the session to what it also allows. GitLab does not expand variables in it.",
    placeholder: "<json>",
  },
  {
    ...script("session-policy-file"),
    components: EXCHANGING,
    description:
      "File with that policy: the path of a file in the repository (also set `git-strategy: fetch`), or a CI/CD variable of type File, with the box *Expand variable reference* cleared.",
    placeholder: "<path>",
  },
  {
    ...script("managed-session-policies"),
    components: EXCHANGING,
    isList: true,
    description:
      "Up to 10 managed policies that narrow the session, separated by commas: ARNs in the role's account, or names of AWS managed policies such as `ReadOnlyAccess`.",
    placeholder: "<policies>",
  },
  {
    ...script("chained-role-arn"),
    components: EXCHANGING,
    description:
      "ARN of a second role, which the first one assumes (role chaining). The credentials are for the second role, and last an hour at most.",
    placeholder: "<arn>",
  },
  {
    ...script("external-id"),
    components: EXCHANGING,
    description: "External ID that the second role requires.",
    placeholder: "<id>",
  },
  {
    name: "chained-role-arn",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "string",
    default: "",
    description:
      "ARN of a second role, which the job's tools assume from the first one (role chaining). They use the second role, and renew its session as long as the ID token is valid.",
  },
  {
    name: "external-id",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "string",
    default: "",
    description: "External ID that the second role requires.",
  },
  {
    name: "duration-seconds",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "number",
    default: 3600,
    description:
      "Length of one session of the second role: 900 to 3600 seconds, the most that AWS allows there.",
  },
  {
    ...script("session-tags"),
    components: EXCHANGING,
    isList: true,
    description:
      "Session tags for the second role, separated by commas: `team=shop`, or one of the words `project`, `project-id`, `ref`, `pipeline`, `job`, `environment`, `user`, whose value comes from the job.",
    placeholder: "<tags>",
  },
  {
    ...script("transitive-tag-keys"),
    components: EXCHANGING,
    isList: true,
    description:
      "Keys of the session tags that are passed on to roles assumed from the second one, separated by commas.",
    placeholder: "<keys>",
  },
  {
    ...script("source-identity"),
    components: EXCHANGING,
    description:
      "Source identity for the second role, kept by every later role: 2 to 64 letters, digits and `_+=,.@-`.",
    placeholder: "<name>",
  },
  {
    ...script("allowed-account-ids"),
    components: EXCHANGING,
    isList: true,
    description:
      "Accounts that the credentials may belong to, separated by commas. For any other account, the job fails before anything is written.",
    placeholder: "<accounts>",
  },
  {
    ...script("variable-prefix"),
    components: EXCHANGING,
    description:
      "Prefix for every name in the report, for several roles in one pipeline: `PROD_` gives `PROD_AWS_ACCESS_KEY_ID`.",
    placeholder: "<prefix>",
  },
  {
    name: "region",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "string",
    default: "",
    description:
      "AWS Region for the job's tools, set as `AWS_REGION` and `AWS_DEFAULT_REGION`, or only in the profile if a job's roles have different ones. If empty: the job's own Region.",
  },
  {
    name: "profile",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "string",
    default: "",
    description:
      "Name of a profile for tools that want one, and for jobs with several roles. It goes into the job's own file, which `AWS_CONFIG_FILE` names. Tools that name no profile use the role without one, or the first of two.",
  },
  {
    name: "profile",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "",
    description:
      "Name of a profile for tools that want one, in jobs that extend `.<job-name>-credentials`. It reads the credentials from their variables, and `AWS_CONFIG_FILE` names the file.",
  },
  {
    name: "warn-below-seconds",
    components: EXCHANGING,
    reaches: "job",
    type: "number",
    default: 300,
    description:
      "Jobs that extend `.<job-name>-credentials` warn if the credentials expire sooner than this.",
  },
  {
    ...script("sts-endpoint"),
    components: EXCHANGING,
    description: "URL of a VPC endpoint or a private STS, instead of the Region's public endpoint.",
    placeholder: "<url>",
  },
  {
    ...script("fallback-regions"),
    components: EXCHANGING,
    isList: true,
    description:
      "Other Regions, separated by commas, whose STS is used if the first fails or cannot be reached.",
    placeholder: "<regions>",
  },
  {
    ...script("timeout-seconds"),
    components: EXCHANGING,
    description: "Longest duration of the run, in seconds: 1 to 300.",
    placeholder: "<seconds>",
  },
  {
    ...script("propagation-wait-seconds"),
    components: EXCHANGING,
    description:
      "How long to retry if AWS denies access, for a role created seconds ago: 0 (do not wait) to `timeout-seconds`.",
    placeholder: "<seconds>",
  },
  {
    ...script("verify"),
    components: EXCHANGING,
    options: ["identity", "none"],
    description:
      "`identity` asks AWS who the new credentials belong to (`GetCallerIdentity`); `none` skips that.",
  },
  {
    ...script("on-shadowed-variables"),
    components: EXCHANGING,
    options: ["fail", "warn"],
    description:
      "What to do when a credential variable is already set in the job. A project, group or instance variable takes precedence over the report, " +
      "so later jobs would use the wrong credentials.",
  },
  {
    name: "job-name",
    components: ASSUME_ROLE,
    reaches: "job",
    type: "string",
    regex: JOB_NAME_REGEX,
    default: "assume-role",
    description: "Name of the job. Choose another to include the component more than once.",
  },
  {
    name: "job-name",
    components: WEB_IDENTITY,
    reaches: "job",
    type: "string",
    regex: HIDDEN_JOB_NAME_REGEX,
    default: "aws_web_identity",
    description:
      "Name of the hidden job, without its dot: letters, digits and `_`. Choose another to include the component for more than one role.",
  },
  {
    name: "job-name",
    components: DOCTOR,
    reaches: "job",
    type: "string",
    regex: JOB_NAME_REGEX,
    default: "aws-oidc-doctor",
    description: "Name of the job. Choose another to include the component more than once.",
  },
  {
    name: "stage",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "deploy",
    description:
      "Stage of the job. Use the stage of the jobs that use the credentials, so that the session starts just before they do.",
  },
  {
    name: "image",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "node:24.19.0-alpine3.24",
    description: "Image of the job; it needs Node 20 or later and nothing else.",
  },
  {
    name: "git-strategy",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "none",
    options: ["none", "fetch", "clone"],
    description:
      "`fetch` fetches the repository, which is needed only for files in it: `session-policy-file`, `trust-policy-file`.",
  },
  {
    ...script("console-link"),
    components: EXCHANGING,
    options: ["shown", "hidden"],
    description: "Whether the job page links to the role in the AWS console.",
  },
  {
    ...script("playground-url"),
    components: EXCHANGING,
    description:
      "URL of a playground, such as this project's own on GitLab Pages. A refused job and the doctor's report then link to it with the job's claims, except personal ones.",
    placeholder: "<url>",
  },
  {
    name: "artifact-access",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "none",
    options: ["none", "developer", "all"],
    description:
      "Who may download the report. `none` is right for pipelines in one project: their jobs still get it.",
  },
  {
    name: "artifact-expire-in",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "1 hour",
    description: "When GitLab deletes the report. After that, no job gets the variables.",
  },
  {
    name: "trust-policy-file",
    components: DOCTOR,
    reaches: "script",
    type: "string",
    default: DOCTOR_DEFAULTS["trust-policy-file"],
    alias: "trust-policy",
    description:
      "File with the role's trust policy, as `aws iam get-role` prints it: a CI/CD variable of type File, with the box *Expand variable reference* cleared, or a file in the repository (also set `git-strategy: fetch`).",
    placeholder: "<path>",
  },
  {
    name: "format",
    components: DOCTOR,
    reaches: "script",
    type: "string",
    default: DOCTOR_DEFAULTS.format,
    options: ["text", "json"],
    description: "`json` prints a machine-readable result.",
  },
  {
    name: "personal-claims",
    components: DOCTOR,
    reaches: "script",
    type: "string",
    default: DOCTOR_DEFAULTS["personal-claims"],
    options: ["withheld", "shown"],
    description:
      "`shown` prints every claim, including those about the person who started the pipeline (`user_email`, …).",
  },
  ...DOCTOR_FLAGS,
] as const satisfies readonly Input[];

/** Names of the inputs and flags that reach the script. */
export type ScriptInputName = Exclude<(typeof INPUTS)[number], { reaches: "job" }>["name"];

/** The inputs and flags of one component or command, in the order of the table. */
export function inputsOf(component: ComponentName): readonly Input[] {
  return [...INPUTS, ...TRUST_POLICY_INPUTS, ...MIGRATE_INPUTS, ...SANDBOX_INPUTS].filter((input: Input) =>
    input.components.includes(component),
  );
}

/** The inputs that a component declares, in the order of the table. */
export function componentInputsOf(component: ComponentName): readonly Input[] {
  return inputsOf(component).filter(({ reaches }) => reaches !== "command-line");
}
