import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * What GitLab Runner does after a job with `RUNNER_GENERATE_ARTIFACTS_METADATA: "true"`, before it uploads the artifacts:
 * it adds a statement about them, unsigned, which `node test/fakes/runner-provenance.ts release` does too in a job.
 *
 * It follows `commands/helpers/artifact_metadata.go` of GitLab Runner 18: the commit stands as `sha256` although it is a
 * SHA-1, and of variables only the names are told.
 */
export interface AttestedJob {
  readonly name: string;
  readonly id: string;
  readonly projectUrl: string;
  readonly commit: string;
  /** Names of its variables. */
  readonly variables: readonly string[];
}

/** Where the runner writes the statement, unless `artifacts:name` is set. */
export const STATEMENT_FILE = "artifacts-metadata.json";

const RUNNER_VERSION = "v18.5.0";

/** @param digests SHA-256 of each artifact by its path, in hexadecimal digits */
export function describeProvenance(job: AttestedJob, digests: Readonly<Record<string, string>>) {
  return {
    _type: "https://in-toto.io/Statement/v0.1",
    subject: Object.entries(digests).map(([name, sha256]) => ({ name, digest: { sha256 } })),
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: `https://gitlab.com/gitlab-org/gitlab-runner/-/blob/${RUNNER_VERSION}/PROVENANCE.md`,
        externalParameters: {
          ...Object.fromEntries(job.variables.map((name) => [name, ""])),
          entryPoint: job.name,
          source: job.projectUrl,
        },
        internalParameters: { architecture: "amd64", executor: "docker", job: job.id, name: "a runner" },
        resolvedDependencies: [{ uri: job.projectUrl, digest: { sha256: job.commit } }],
      },
      runDetails: {
        builder: {
          id: `${job.projectUrl}/-/runners/4711`,
          version: { "gitlab-runner": RUNNER_VERSION },
        },
        metadata: {
          invocationId: job.id,
          startedOn: "2026-11-23T04:00:00Z",
          finishedOn: "2026-11-23T04:01:00Z",
        },
      },
    },
  };
}

/** Like the runner, it leaves out whatever is no regular file. */
function digestsOf(paths: readonly string[]): Readonly<Record<string, string>> {
  const files = paths
    .flatMap((path) => globSync([path, `${path}/**/*`]))
    .filter((path) => statSync(path).isFile());
  return Object.fromEntries(
    files.map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}

function attestThisJob(paths: readonly string[]): void {
  const { env } = process;
  // The runner takes what Go's `strconv.ParseBool` takes for true; these are the words that people write.
  if (!/^(?:1|true)$/i.test(env.RUNNER_GENERATE_ARTIFACTS_METADATA ?? "")) return;
  const job: AttestedJob = {
    name: env.CI_JOB_NAME ?? "",
    id: env.CI_JOB_ID ?? "",
    projectUrl: env.CI_PROJECT_URL ?? "",
    commit: env.CI_COMMIT_SHA ?? "",
    variables: Object.keys(env).filter((name) => name.startsWith("CI_")),
  };
  writeFileSync(STATEMENT_FILE, JSON.stringify(describeProvenance(job, digestsOf(paths)), undefined, 1));
}

const [, program = "", ...paths] = process.argv;
if (import.meta.url === pathToFileURL(program).href) attestThisJob(paths);
