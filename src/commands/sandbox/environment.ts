import type { SandboxConfig } from "../../config/sandbox-config.ts";
import type { Environment } from "../../foundation/ports.ts";
import type { StandIns } from "../../foundation/workbench.ts";
import type { ComponentInclude } from "../../gitlab/component-includes.ts";
import { predefinedVariables } from "../../gitlab/predefined-variables.ts";

/** What gitlab-ci-local reads like `--variable`, but which is not visible in the list of processes. */
const VARIABLE = "GCL_VARIABLE_";

/** What the sandbox adds to the environment of gitlab-ci-local. */
export interface Additions {
  readonly variables: Readonly<Record<string, string>>;
  /** Names of variables that it removes: those that would give the user's own credentials to the jobs. */
  readonly removed: readonly string[];
}

interface Started {
  readonly standIns: StandIns;
  /** URL of the components' git repository, if there is one. */
  readonly repository: string | undefined;
  readonly startedAt: Date;
}

/**
 * Tells gitlab-ci-local the job's variables and ID tokens, and where STS and the components are.
 *
 * @see https://github.com/firecow/gitlab-ci-local for the variables that begin with GCL_
 */
export function buildAdditions(
  config: SandboxConfig,
  { standIns, repository, startedAt }: Started,
  env: Environment,
): Additions {
  const { tokens, world, checkout } = config;
  const predefined = {
    ...predefinedVariables(world.job),
    // Part of the session's name, by which the AWS CLI keeps credentials in ~/.aws/cli/cache: those of another run would
    // be used without asking STS.
    CI_PIPELINE_ID: String(startedAt.getTime()),
  };
  const ofJobs = {
    ...predefined,
    ...Object.fromEntries([...tokens].map(([name, audience]) => [name, standIns.mintToken(audience)])),
    AWS_ENDPOINT_URL_STS: standIns.stsUrl,
    // Inputs of the components, which apply after the variables of the SDKs.
    AWS_OIDC_STS_ENDPOINT: standIns.stsUrl,
    AWS_OIDC_FALLBACK_REGIONS: "",
    // SDKs without credentials look for them on the network.
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const ignored = [env.GCL_IGNORE_PREDEFINED_VARS, ...Object.keys(predefined)].filter(Boolean).join(",");
  const variables = {
    ...Object.fromEntries(Object.entries(ofJobs).map(([name, value]) => [VARIABLE + name, value])),
    GCL_IGNORE_PREDEFINED_VARS: ignored,
    // Jobs without a container have the user's home, whose profiles are not for them.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    ...withoutProxy(env),
    // Jobs in containers reach this machine's loopback.
    ...(env.GCL_NETWORK ? {} : { GCL_NETWORK: "host" }),
    // Reports of jobs are artifacts, and would be left in the project's folder.
    ...(env.GCL_ARTIFACTS_TO_SOURCE ? {} : { GCL_ARTIFACTS_TO_SOURCE: "false" }),
    ...(world.job.ref.type === "tag" ? { GCL_UNSET_VARIABLE: "CI_COMMIT_BRANCH" } : {}),
    ...(repository === undefined ? {} : gitConfig(repository, remoteUrls(config, checkout.remote), env)),
  };
  return { variables, removed: Object.keys(env).filter((name) => OWN_IDENTITY.test(name)) };
}

/** Variables that decide the identity, or the endpoint, for AWS. */
const OWN_IDENTITY =
  /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|(?:DEFAULT_)?PROFILE|ROLE_|WEB_IDENTITY_|CONTAINER_|BEARER_TOKEN_|ENDPOINT_URL|IGNORE_CONFIGURED_ENDPOINT_URLS|USE_FIPS_ENDPOINT)/;

/** A proxy would get the tokens, and cannot reach this machine's loopback; programs read either spelling. */
function withoutProxy(env: Environment): Readonly<Record<string, string>> {
  const names = ["NO_PROXY", "no_proxy"] as const;
  const isUsed = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].some((name) => env[name]);
  if (!isUsed) return {};
  const exempt = env.no_proxy || env.NO_PROXY;
  return Object.fromEntries(names.map((name) => [name, exempt ? `${exempt},127.0.0.1` : "127.0.0.1"]));
}

/** The components of this version; gitlab-ci-local fetches everything else that the pipeline includes as usual. */
export function servedComponents(
  components: readonly ComponentInclude[],
  version: string,
): readonly ComponentInclude[] {
  const [major = "", minor = ""] = version.split(".");
  const served = [version, `${major}.${minor}`, major, "~latest"];
  const others = components.filter((component) => !served.includes(component.version));
  // git replaces a project's whole address.
  return components.filter(({ project, host }) => {
    return !others.some((other) => other.project === project && other.host === host);
  });
}

/** Every way in which gitlab-ci-local writes the address of a project, see its `parser-includes.ts`. */
function remoteUrls(
  { components }: SandboxConfig,
  remote: SandboxConfig["checkout"]["remote"],
): readonly string[] {
  const urls = components.flatMap(({ host, project }) => {
    const hosts = [host.replace(/:\d+$/, ""), remote?.host ?? "gitlab.com"];
    const ports = [443, 80, remote?.port].filter((port) => port !== undefined);
    return hosts.flatMap((name) => [
      ...["https", "http"].flatMap((scheme) => [
        `${scheme}://${name}/${project}.git`,
        ...ports.map((port) => `${scheme}://${name}:${port}/${project}.git`),
      ]),
      `git@${name}:${project}`,
      `ssh://git@${name}:${remote?.port ?? 22}/${project}.git`,
    ]);
  });
  return [...new Set(urls)];
}

/**
 * Lets git find those addresses in a folder on this machine, only for the processes of this environment.
 *
 * @see https://git-scm.com/docs/git-config#ENVIRONMENT
 */
function gitConfig(
  repository: string,
  urls: readonly string[],
  env: Environment,
): Readonly<Record<string, string>> {
  const first = Number(env.GIT_CONFIG_COUNT ?? 0) || 0;
  // git replaces the beginning of an address: without an end, it would also be that of acme/aws-oidc-tools.
  const longer = urls.filter((url) => !url.endsWith(".git")).flatMap((url) => [`${url}-`, `${url}_`]);
  const pairs = [...urls.map((url) => [repository, url]), ...longer.map((url) => [url, url])];
  const entries = pairs.flatMap(([target = "", url = ""], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, `url.${target}.insteadOf`],
    [`GIT_CONFIG_VALUE_${first + index}`, url],
  ]);
  return Object.fromEntries([["GIT_CONFIG_COUNT", String(first + pairs.length)], ...entries]);
}
