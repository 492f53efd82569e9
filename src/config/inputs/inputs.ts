import { DURATION_SECONDS } from "../../aws/sts/session.ts";
import { ASSUME_ROLE_DEFAULTS } from "./assume-role-inputs.ts";
import { DOCTOR_FLAGS } from "./doctor-flags.ts";
import { DOCTOR_DEFAULTS } from "./doctor-inputs.ts";
import type { ComponentName, Input } from "./input.ts";
import { MIGRATE_INPUTS } from "./migrate-inputs.ts";
import { TRUST_POLICY_INPUTS } from "./trust-policy-inputs.ts";

const ASSUME_ROLE: readonly ComponentName[] = ["assume-role"];
const WEB_IDENTITY: readonly ComponentName[] = ["web-identity"];
const DOCTOR: readonly ComponentName[] = ["doctor"];
/** The doctor takes every input of `assume-role`, so that the same block of YAML fits both. */
const EXCHANGING: readonly ComponentName[] = ["assume-role", "doctor"];
const ALL: readonly ComponentName[] = ["assume-role", "web-identity", "doctor"];

/** Within a longer text, GitLab takes a backslash in an input's value for a reference to what it replaces. */
const JOB_NAME_REGEX = "^[^\\\\]+$";
/** It is part of the names of variables, and of a line of shell. */
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
      "AWS Region whose STS is asked, and which later jobs get as `AWS_REGION` and `AWS_DEFAULT_REGION`. " +
      "When empty: `$AWS_REGION`, then `$AWS_DEFAULT_REGION`, else the default Region of the role's partition, for STS only.",
    placeholder: "<region>",
  },
  {
    name: "audience",
    components: ALL,
    reaches: "job",
    type: "string",
    default: "$CI_SERVER_URL",
    description: "Audience (`aud`) of the ID token, as the identity provider in AWS lists it.",
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
      "IAM policy in JSON that narrows the session to what it allows too. GitLab does not expand variables in it.",
    placeholder: "<json>",
  },
  {
    ...script("session-policy-file"),
    components: EXCHANGING,
    description:
      "File with that policy: the path of a file of the repository (set `git-strategy: fetch` too), or a CI/CD variable of type File, whose box *Expand variable reference* is clear.",
    placeholder: "<path>",
  },
  {
    ...script("managed-session-policies"),
    components: EXCHANGING,
    isList: true,
    description:
      "Managed policies that narrow the session, up to 10, separated by commas: ARNs in the role's account, or names of AWS managed policies such as `ReadOnlyAccess`.",
    placeholder: "<policies>",
  },
  {
    ...script("chained-role-arn"),
    components: EXCHANGING,
    description:
      "ARN of a second role, which the first one assumes (role chaining). The credentials are those of the second, for an hour at most.",
    placeholder: "<arn>",
  },
  {
    ...script("external-id"),
    components: EXCHANGING,
    description: "External ID that the second role asks for.",
    placeholder: "<id>",
  },
  {
    name: "chained-role-arn",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "string",
    default: "",
    description:
      "ARN of a second role, which the job's tools assume from the first one (role chaining). They use the second, and renew its session as long as the ID token is valid.",
  },
  {
    name: "external-id",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "string",
    default: "",
    description: "External ID that the second role asks for.",
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
      "Session tags for the second role, separated by commas: `team=shop`, or one of the words `project`, `project-id`, `ref`, `pipeline`, `job`, `environment`, `user` for that fact of the job.",
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
      "Source identity set for the second role, which every later role keeps: 2 to 64 letters, digits and `_+=,.@-`.",
    placeholder: "<name>",
  },
  {
    ...script("allowed-account-ids"),
    components: EXCHANGING,
    isList: true,
    description:
      "Accounts that the credentials may belong to, separated by commas; for any other the job fails before anything is written.",
    placeholder: "<accounts>",
  },
  {
    ...script("variable-prefix"),
    components: EXCHANGING,
    description:
      "Put before every name in the report: `PROD_` gives `PROD_AWS_ACCESS_KEY_ID`, for several roles in one pipeline.",
    placeholder: "<prefix>",
  },
  {
    name: "region",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "string",
    default: "",
    description:
      "AWS Region of the role's tools, set as `AWS_REGION` and `AWS_DEFAULT_REGION`, or in the profile alone where the roles of a job have different ones. When empty: the one of the job.",
  },
  {
    name: "profile",
    components: WEB_IDENTITY,
    reaches: "script",
    type: "string",
    default: "",
    description:
      "Name of a profile for tools that want one, and for jobs with several roles; it goes into a file of the job's own, which `AWS_CONFIG_FILE` names. Tools that name no profile use the role without one, or the first of two.",
  },
  {
    name: "profile",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "",
    description:
      "Name of a profile for tools that want one, in jobs that extend `.<job-name>-credentials`; it reads the credentials from their variables, and `AWS_CONFIG_FILE` names the file.",
  },
  {
    name: "warn-below-seconds",
    components: EXCHANGING,
    reaches: "job",
    type: "number",
    default: 300,
    description:
      "Jobs that extend `.<job-name>-credentials` warn when the credentials last for less than this.",
  },
  {
    ...script("sts-endpoint"),
    components: EXCHANGING,
    description: "URL of a VPC endpoint or a private STS, in place of the Region's public endpoint.",
    placeholder: "<url>",
  },
  {
    ...script("fallback-regions"),
    components: EXCHANGING,
    isList: true,
    description:
      "Other Regions whose STS is asked when the first cannot be reached or fails, separated by commas.",
    placeholder: "<regions>",
  },
  {
    ...script("timeout-seconds"),
    components: EXCHANGING,
    description: "The run ends after this many seconds, whatever happens: 1 to 300.",
    placeholder: "<seconds>",
  },
  {
    ...script("propagation-wait-seconds"),
    components: EXCHANGING,
    description:
      "Go on asking for this long when AWS denies access, for a role made seconds ago: 0 (do not wait) up to `timeout-seconds`.",
    placeholder: "<seconds>",
  },
  {
    ...script("verify"),
    components: EXCHANGING,
    options: ["identity", "none"],
    description:
      "`identity` asks AWS with the new credentials who they are (`GetCallerIdentity`); `none` skips that.",
  },
  {
    ...script("on-shadowed-variables"),
    components: EXCHANGING,
    options: ["fail", "warn"],
    description:
      "What to do when a credential variable is already set in the job. A project, group or instance variable wins over the report, " +
      "so that later jobs would use the wrong credentials.",
  },
  {
    name: "job-name",
    components: ASSUME_ROLE,
    reaches: "job",
    type: "string",
    regex: JOB_NAME_REGEX,
    default: "assume-role",
    description: "Name of the job; give another to include the component more than once.",
  },
  {
    name: "job-name",
    components: WEB_IDENTITY,
    reaches: "job",
    type: "string",
    regex: HIDDEN_JOB_NAME_REGEX,
    default: "aws_web_identity",
    description:
      "Name of the hidden job, without its dot: letters, digits and `_`. Give another to include the component for more than one role.",
  },
  {
    name: "job-name",
    components: DOCTOR,
    reaches: "job",
    type: "string",
    regex: JOB_NAME_REGEX,
    default: "aws-oidc-doctor",
    description: "Name of the job; give another to include the component more than once.",
  },
  {
    name: "stage",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "deploy",
    description:
      "Stage of the job: the one of the jobs that use the credentials, so that their lifetime begins right before.",
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
      "`fetch` gets the repository, which only files of it need: `session-policy-file`, `trust-policy-file`.",
  },
  {
    ...script("console-link"),
    components: EXCHANGING,
    options: ["shown", "hidden"],
    description: "Whether the job page links to the role in the AWS console.",
  },
  {
    name: "artifact-access",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "none",
    options: ["none", "developer", "all"],
    description:
      "Who may download the report. `none` is right for pipelines of one project: their jobs get it all the same.",
  },
  {
    name: "artifact-expire-in",
    components: EXCHANGING,
    reaches: "job",
    type: "string",
    default: "1 hour",
    description: "When GitLab deletes the report; after that no job gets the variables.",
  },
  {
    name: "trust-policy-file",
    components: DOCTOR,
    reaches: "script",
    type: "string",
    default: DOCTOR_DEFAULTS["trust-policy-file"],
    alias: "trust-policy",
    description:
      "File with the role's trust policy, as `aws iam get-role` prints it: a CI/CD variable of type File, whose box *Expand variable reference* is clear, or a file of the repository (set `git-strategy: fetch` too).",
    placeholder: "<path>",
  },
  {
    name: "format",
    components: DOCTOR,
    reaches: "script",
    type: "string",
    default: DOCTOR_DEFAULTS.format,
    options: ["text", "json"],
    description: "`json` prints the result for machines.",
  },
  {
    name: "personal-claims",
    components: DOCTOR,
    reaches: "script",
    type: "string",
    default: DOCTOR_DEFAULTS["personal-claims"],
    options: ["withheld", "shown"],
    description:
      "`shown` prints every claim, also those of the person who started the pipeline (`user_email`, …).",
  },
  {
    name: "playground-url",
    components: DOCTOR,
    reaches: "script",
    type: "string",
    default: DOCTOR_DEFAULTS["playground-url"],
    description:
      "Address of a playground, such as the project's own on GitLab Pages: the report then links to it with the claims of the job that are not personal.",
    placeholder: "<url>",
  },
  ...DOCTOR_FLAGS,
] as const satisfies readonly Input[];

/** Names of the inputs and flags that reach the script. */
export type ScriptInputName = Exclude<(typeof INPUTS)[number], { reaches: "job" }>["name"];

/** The inputs and flags of one component or command, in the order of the table. */
export function inputsOf(component: ComponentName): readonly Input[] {
  return [...INPUTS, ...TRUST_POLICY_INPUTS, ...MIGRATE_INPUTS].filter((input: Input) =>
    input.components.includes(component),
  );
}

/** The inputs that a component declares, in the order of the table. */
export function componentInputsOf(component: ComponentName): readonly Input[] {
  return inputsOf(component).filter(({ reaches }) => reaches !== "command-line");
}
