import { type AssumeRoleConfig, type AssumeRoleParts, finalRole } from "../config/assume-role-config.ts";
import type { Problem } from "../foundation/checked.ts";
import { AwsOidcError } from "../foundation/errors.ts";
import type { Environment } from "../foundation/ports.ts";
import { showOnOneLine } from "../foundation/quote.ts";
import { CREDENTIAL_VARIABLES } from "./exchange.ts";

const WHERE_TO_LOOK =
  "Settings > CI/CD > Variables of the project and of its groups, the instance's variables, and those given when the pipeline was started";

/**
 * Stops if a credential variable of the report is already set in the job: variables of the project, its groups, the
 * instance and the pipeline take precedence over a dotenv report, so later jobs would silently use other credentials.
 * An empty one does too, and makes tools use whatever other credentials they find.
 *
 * @see https://docs.gitlab.com/ci/variables/#cicd-variable-precedence
 * @throws {AwsOidcError} `CREDENTIALS_SHADOWED`, unless `on-shadowed-variables` is `warn`
 */
export function assertNotShadowed(config: AssumeRoleConfig, env: Environment): void {
  const shadowed = shadowedCredentials(config.variablePrefix, env);
  if (shadowed.length === 0 || config.onShadowedVariables === "warn") return;
  throw new AwsOidcError("CREDENTIALS_SHADOWED", shadowedMessage(shadowed), { hint: removal(shadowed) });
}

/** The same as one problem among others, so that a pipeline is fixed in one go; none if these inputs have problems. */
export function findShadowProblems(
  { variablePrefix, onShadowedVariables }: Pick<AssumeRoleParts, "variablePrefix" | "onShadowedVariables">,
  env: Environment,
): readonly Problem[] {
  if (!variablePrefix.ok || !onShadowedVariables.ok || onShadowedVariables.value === "warn") return [];
  const shadowed = shadowedCredentials(variablePrefix.value, env);
  if (shadowed.length === 0) return [];
  return [
    {
      subject: list(shadowed),
      found: "already set in this job",
      expected:
        "no CI/CD variable with a name from the report, because it would take precedence over the report",
      fix: removal(shadowed),
    },
  ];
}

/** Warnings about variables that make later jobs use a different identity, account or Region from the report's. */
export function shadowNotes(config: AssumeRoleConfig, env: Environment): readonly string[] {
  const shadowed = shadowedCredentials(config.variablePrefix, env);
  const region = config.sts.exportedRegion;
  const written = [
    { name: "AWS_REGION", value: region },
    { name: "AWS_DEFAULT_REGION", value: region },
    { name: "AWS_ACCOUNT_ID", value: finalRole(config).accountId },
  ].map(({ name, value }) => ({ name: config.variablePrefix + name, value }));
  const differing = written.filter(
    ({ name, value }) => value !== undefined && env[name] !== undefined && env[name] !== value,
  );
  return [
    ...(shadowed.length > 0 ? [`${shadowedMessage(shadowed)}\nLook in ${WHERE_TO_LOOK}.`] : []),
    ...differing.map(
      ({ name, value }) =>
        `${name} is ${env[name] ? `set to ${showOnOneLine(env[name])}` : "empty"} in this job; as a project or group variable it takes precedence over the report's ${value}.`,
    ),
    ...(env.AWS_PROFILE
      ? ["AWS_PROFILE is set: some tools then use that profile, not the report's credentials."]
      : []),
    ...(env.AWS_SECURITY_TOKEN
      ? [
          "AWS_SECURITY_TOKEN is set: boto3 and the AWS CLI version 1 use it instead of the report's AWS_SESSION_TOKEN.",
        ]
      : []),
  ];
}

/** The variables that take precedence over the report, and the state of each. */
function shadowedCredentials(prefix: string, env: Environment): readonly Shadow[] {
  return CREDENTIAL_VARIABLES.map((name) => prefix + name)
    .filter((name) => env[name] !== undefined)
    .map((name) => ({ name, isEmpty: env[name] === "" }));
}

interface Shadow {
  readonly name: string;
  readonly isEmpty: boolean;
}

function removal(shadows: readonly Shadow[]): string {
  return (
    `Remove ${shadows.map(({ name }) => name).join(", ")} from ${WHERE_TO_LOOK}. Or use other names with the input \`variable-prefix\`.\n` +
    "Variables set by the runner or by `variables:` in .gitlab-ci.yml do not take precedence: for those, use `on-shadowed-variables: warn`."
  );
}

function shadowedMessage(shadows: readonly Shadow[]): string {
  const [are, them] = shadows.length === 1 ? ["is", "it"] : ["are", "them"];
  return (
    `${list(shadows)} ${are} already set in this job; CI/CD variables of the project, group or instance take precedence over the report, ` +
    `so later jobs would use ${them} instead`
  );
}

function list(shadows: readonly Shadow[]): string {
  return shadows.map(({ name, isEmpty }) => (isEmpty ? `${name} (empty)` : name)).join(", ");
}
