import { type Checked, combine, invalid, type Problem, valid } from "../foundation/checked.ts";
import { isJsonObject, scalarText } from "../foundation/json.ts";
import { platformCode } from "../foundation/platform-message.ts";
import type { Files } from "../foundation/ports.ts";
import type { SandboxJob, SandboxWorld } from "../foundation/workbench.ts";
import { type ComponentInclude, expandVariables, findIncludes } from "../gitlab/component-includes.ts";
import { predefinedVariables } from "../gitlab/predefined-variables.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";
import { type Checkout, parseSandboxJob, type SandboxFlags } from "./sandbox-job-config.ts";
import {
  assignPolicies,
  deriveProviders,
  type GivenPolicy,
  issuerOf,
  readPolicies,
} from "./sandbox-roles-config.ts";

/** The whole configuration of a sandbox, checked. */
export interface SandboxConfig {
  readonly world: SandboxWorld;
  readonly checkout: Checkout;
  readonly policies: readonly GivenPolicy[];
  readonly components: readonly ComponentInclude[];
  /** The audience of each ID token, by the variable that the jobs read it from. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Variables for which the jobs ask for several audiences; they get the first. */
  readonly disputed: readonly string[];
  /** Paths of child pipelines, which gitlab-ci-local runs without the tokens. */
  readonly childFiles: readonly string[];
}

/** The sources of a sandbox's configuration. */
export interface SandboxSources {
  readonly files: Files;
  /** Reads a file of the pipeline, which may be larger than others. */
  readonly readSource: (path: string) => string;
  readonly checkout: Checkout;
  readonly parseYaml: (text: string) => unknown;
  /** The path of the pipeline's file. */
  readonly pipelinePath: string;
  /** How the user calls the program, for hints. */
  readonly program: string;
}

/** Reads flags, checkout and pipeline. */
export function parseSandboxConfig(flags: SandboxFlags, sources: SandboxSources): Checked<SandboxConfig> {
  const policies = readGivenPolicies(flags("trust-policy-file"), flags, sources);
  const job = parseSandboxJob(flags, sources.checkout, policies.ok ? issuerOf(policies.value) : undefined);
  const parts = combine({ policies, job, pipeline: readPipeline(sources) });
  if (!parts.ok) return parts;
  const { pipeline } = parts.value;
  const variables = predefinedVariables(parts.value.job);
  const files = readIncluded(pipeline, variables, sources);
  const components = files.flatMap((file) => findIncludes(file, variables).components);
  const copied = components.find(({ project }) => project.includes("<"));
  if (copied !== undefined) return invalid(placeholderProblem(copied));
  const asked = [
    ...components.map((component) => tokenOf(component, parts.value.job)),
    ...files.flatMap((file) => ownTokens(file, variables)),
  ].filter(([name]) => VARIABLE_NAME.test(name));
  const tokens = new Map(
    (asked.length > 0 ? asked : [[ID_TOKEN, parts.value.job.issuer] as const]).toReversed(),
  );
  const named = components.flatMap(({ inputs }) => inputs["role-arn"] ?? []);
  const roles = assignPolicies(
    parts.value.policies,
    named.filter((arn) => !arn.includes("$")),
  );
  if (!roles.ok) return roles;
  return valid({
    world: {
      job: parts.value.job,
      roles: roles.value,
      providers: deriveProviders(parts.value.policies, [...tokens.values()]),
    },
    checkout: sources.checkout,
    policies: parts.value.policies,
    components,
    tokens,
    disputed: findDisputed(asked),
    childFiles: files.flatMap((file) => findIncludes(file, variables).childFiles),
  });
}

function readGivenPolicies(
  input: RawInput,
  flags: SandboxFlags,
  { files, checkout, program }: SandboxSources,
): Checked<readonly GivenPolicy[]> {
  if (input.text) return readPolicies(input, files);
  const project = flags("project").text || checkout.remote?.project || "acme/shop";
  const problem: Problem = {
    subject: "--trust-policy",
    found: "no value",
    expected: "a file with the trust policy that decides who may assume the role",
    fix:
      "Fetch it from an existing role, or create one:\n" +
      "aws iam get-role --role-name <role> --output json > trust-policy.json\n" +
      `${program} trust-policy --project ${project} --branch main --account <12 digits> > trust-policy.json`,
  };
  return invalid(problem);
}

function readPipeline({ readSource, pipelinePath, parseYaml }: SandboxSources): Checked<unknown> {
  try {
    const text = readSource(pipelinePath);
    return parsed(() => parseYaml(text)) ?? invalid(pipelineProblem(pipelinePath, "not YAML"));
  } catch (error) {
    return invalid(pipelineProblem(pipelinePath, `cannot be read (${platformCode(error)})`));
  }
}

function pipelineProblem(subject: string, found: string): Problem {
  return {
    subject,
    found,
    expected: "the file of a pipeline, in the folder in which the sandbox is called",
    fix: "Change to the folder of the project, or name the file as gitlab-ci-local takes it: -- gitlab-ci-local --file <path>",
  };
}

/** Examples say `<group>`, which a shell of gitlab-ci-local would take for a file. */
function placeholderProblem({ project }: ComponentInclude): Problem {
  return {
    subject: "include",
    found: `${project}, with a placeholder`,
    expected: "the project's path on your GitLab, such as acme/aws-oidc",
    fix: "Replace <group> with the group or user that has the project.",
  };
}

/** What a parser returns; `undefined` if it throws. */
function parsed(parse: () => unknown): Checked<unknown> | undefined {
  try {
    return valid(parse());
  } catch {
    return undefined;
  }
}

/**
 * The pipeline's file, and the repository's files that it includes; gitlab-ci-local reports files that cannot be read.
 */
function readIncluded(
  pipeline: unknown,
  variables: Readonly<Record<string, string>>,
  { readSource, parseYaml }: SandboxSources,
): readonly unknown[] {
  const contents = [pipeline];
  const seen = new Set<string>();
  for (const content of contents) {
    for (const path of findIncludes(content, variables).localFiles) {
      if (seen.has(path)) continue;
      seen.add(path);
      const content = parsed(() => parseYaml(readSource(path)));
      if (content?.ok) contents.push(content.value);
    }
  }
  return contents;
}

const ID_TOKEN = "GITLAB_OIDC_TOKEN";

/** Any other name is not for a shell to read: it could hold commands. */
const VARIABLE_NAME = /^[A-Za-z_]\w*$/;

function tokenOf({ name, inputs }: ComponentInclude, { issuer }: SandboxJob): readonly [string, string] {
  const audience = inputs.audience || issuer;
  return [
    name === "web-identity" ? `${ID_TOKEN}_${inputs["job-name"] ?? "aws_web_identity"}` : ID_TOKEN,
    audience,
  ];
}

/** `id_tokens` of the pipeline's own jobs. */
function ownTokens(
  pipeline: unknown,
  variables: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  const jobs = isJsonObject(pipeline) ? Object.values(pipeline) : [];
  return jobs.flatMap((job) => {
    const tokens = isJsonObject(job) && isJsonObject(job.id_tokens) ? Object.entries(job.id_tokens) : [];
    return tokens.flatMap(([name, token]) => {
      const aud = isJsonObject(token) ? scalarText(token.aud) : undefined;
      return aud === undefined ? [] : [[name, expandVariables(aud, variables)] as const];
    });
  });
}

function findDisputed(asked: readonly (readonly [string, string])[]): readonly string[] {
  const names = [...new Set(asked.map(([name]) => name))];
  const audiencesOf = (name: string) => new Set(asked.flatMap(([other, aud]) => (other === name ? aud : [])));
  return names.filter((name) => audiencesOf(name).size > 1);
}
