import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { build } from "esbuild";
import { parse } from "yaml";
import type { Command } from "./process-runs.ts";

/** One of the programs that are compared. */
export interface Subject {
  readonly name: SubjectName;
  command(place: Place): Command;
}

export type SubjectName =
  | "floor"
  | "ours, from file"
  | "ours, as delivered"
  | "naive bundle"
  | "configure-aws-credentials"
  | `AWS CLI ${number}`;

/** Where a subject runs, and which STS it asks. */
export interface Place {
  readonly node: string;
  /** An empty folder. */
  readonly folder: string;
  readonly stsUrl: string;
  readonly region: string;
  /** A CI job's environment, with the ID token and the role. */
  readonly job: Readonly<Record<string, string>>;
  /** Certificate authority of the stand-in, for HTTPS. */
  readonly authorityFile: string | undefined;
}

const root = join(import.meta.dirname, "..");

/**
 * Prepares everything that can be compared on this machine.
 *
 * @param folder for files that make up the subjects
 */
export async function prepareSubjects(folder: string): Promise<readonly [Subject, ...Subject[]]> {
  const naive = join(folder, "naive.cjs");
  await bundleNaively(naive);
  const action = process.env.CONFIGURE_AWS_CREDENTIALS;
  const optional = [
    action === undefined ? undefined : configureAwsCredentials(join(action, "dist/index.js")),
    ...findAwsClis(),
  ];
  return [
    script("floor", join(root, "bench/floor.cjs")),
    script("ours, from file", join(root, "dist/aws-oidc.cjs"), "assume-role"),
    delivered(folder),
    script("naive bundle", naive),
    ...optional.filter((subject) => subject !== undefined),
  ];
}

/** With esbuild's own defaults for Node, as its documentation shows them. */
async function bundleNaively(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, "bench/naive.ts")],
    outfile,
    bundle: true,
    platform: "node",
    minify: true,
    logLevel: "error",
  });
}

function script(name: SubjectName, ...args: readonly string[]): Subject {
  return { name, command: (place) => ({ ...base(place), program: place.node, args }) };
}

/** The one entry of the job's `script`, in a file: too long for one argument of a program. */
function delivered(folder: string): Subject {
  const jobs: Record<string, { script: [string] }> = parse(
    readFileSync(join(root, "dist/runtime.yml"), "utf8"),
  );
  const script = join(folder, "job.sh");
  writeFileSync(script, Object.values(jobs)[0]?.script[0] ?? "");
  return {
    name: "ours, as delivered",
    command: (place) => ({ ...base(place), program: "sh", args: ["-e", script] }),
  };
}

function configureAwsCredentials(file: string): Subject {
  if (!existsSync(file)) throw new Error(`CONFIGURE_AWS_CREDENTIALS: there is no ${file}`);
  return {
    name: "configure-aws-credentials",
    command(place) {
      const tokenFile = writeToken(place);
      const files = { GITHUB_ENV: join(place.folder, "env"), GITHUB_OUTPUT: join(place.folder, "output") };
      for (const path of Object.values(files)) writeFileSync(path, "");
      const inputs = {
        "INPUT_AWS-REGION": place.region,
        "INPUT_ROLE-TO-ASSUME": place.job.AWS_OIDC_ROLE_ARN ?? "",
        "INPUT_WEB-IDENTITY-TOKEN-FILE": tokenFile,
        "INPUT_STS-ENDPOINT": place.stsUrl,
      };
      const { env, folder } = base(place);
      const github = { ...GITHUB_JOB, GITHUB_WORKSPACE: folder };
      return { folder, program: place.node, args: [file], env: { ...env, ...inputs, ...files, ...github } };
    },
  };
}

/** GitHub variables that the action requires. */
const GITHUB_JOB = {
  GITHUB_ACTIONS: "true",
  GITHUB_REPOSITORY: "acme/shop",
  GITHUB_WORKFLOW: "deploy",
  GITHUB_ACTION: "credentials",
  GITHUB_ACTOR: "ada",
  GITHUB_SHA: "714a629c0b401fdce83e847fc9589983fc6f46bc",
};

/** The first AWS CLI of each major version on the path. */
function findAwsClis(): readonly Subject[] {
  const found = new Map<number, Subject>();
  for (const bin of (process.env.PATH ?? "").split(delimiter)) {
    const { stdout } = spawnSync(join(bin, "aws"), ["--version"], { encoding: "utf8" });
    const major = Number(/^aws-cli\/(\d+)/.exec(stdout ?? "")?.[1]);
    if (major > 0 && !found.has(major)) found.set(major, awsCli(major, bin));
  }
  return [...found.values()];
}

/** The recipe of GitLab's documentation, then a call that asks for the caller's identity. */
function awsCli(major: number, bin: string): Subject {
  return {
    name: `AWS CLI ${major}`,
    command(place) {
      const { env, folder } = base(place);
      const authority = place.authorityFile;
      return {
        folder,
        program: "sh",
        args: ["-ec", AWS_CLI_RECIPE],
        env: {
          ...env,
          PATH: [bin, env.PATH].join(delimiter),
          ...(authority !== undefined && { AWS_CA_BUNDLE: authority }),
        },
      };
    },
  };
}

const AWS_CLI_RECIPE = `
aws_sts_output=$(aws sts assume-role-with-web-identity --role-arn "$AWS_OIDC_ROLE_ARN" --role-session-name "GitLabRunner-$CI_PROJECT_ID-$CI_PIPELINE_ID" --web-identity-token "$GITLAB_OIDC_TOKEN" --duration-seconds 3600 --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
export $(printf "AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s" $aws_sts_output)
aws sts get-caller-identity
`;

/** The same environment for all: each uses what it knows. */
function base(place: Place): Pick<Command, "env" | "folder"> {
  const authority = place.authorityFile;
  return {
    folder: place.folder,
    env: {
      ...place.job,
      PATH: [dirname(place.node), process.env.PATH].join(delimiter),
      HOME: place.folder,
      AWS_OIDC_STS_ENDPOINT: place.stsUrl,
      AWS_ENDPOINT_URL_STS: place.stsUrl,
      AWS_REGION: place.region,
      AWS_DEFAULT_REGION: place.region,
      // Specific to this machine, and not part of the comparison.
      AWS_EC2_METADATA_DISABLED: "true",
      ...(authority !== undefined && { NODE_EXTRA_CA_CERTS: authority }),
    },
  };
}

function writeToken({ folder, job }: Place): string {
  const file = join(folder, "id-token");
  writeFileSync(file, job.GITLAB_OIDC_TOKEN ?? "", { mode: 0o600 });
  return file;
}
