import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenDescription } from "../../test/fakes/gitlab-job.ts";
import { startWorld, type World } from "../../test/fakes/world.ts";
import type { JobLog } from "./job-log.ts";

/** Where the runner's own lines end, more or less. */
const FIRST_LINE = 18;

const BRANCH: TokenDescription = { ref: "feature/checkout", refProtected: false };

/** Runs a script in jobs of the stand-ins, and takes down their logs: one that gets credentials, and one that is refused. */
export async function recordJobs(
  script: string,
  version: string,
): Promise<{ readonly good: JobLog; readonly refused: JobLog }> {
  const world = await startWorld();
  try {
    return {
      good: await recordJob(world, { script, version, token: {} }),
      refused: await recordJob(world, { script, version, token: BRANCH }),
    };
  } finally {
    await world.close();
  }
}

interface Recording {
  readonly script: string;
  readonly version: string;
  readonly token: TokenDescription;
}

async function recordJob(world: World, { script, version, token }: Recording): Promise<JobLog> {
  const { output, exitCode } = await runScript(script, {
    ...world.environment(token),
    AWS_OIDC_REGION: "eu-central-1",
    AWS_OIDC_SESSION_NAME: "GitLabRunner-4711-90210",
  });
  // What the runner prints before and after.
  const before = `\u001b[32;1m$ # aws-oidc ${version} brings its own script along, of SHA-256 … # collapsed multi-line command\u001b[0m`;
  const after = exitCode === 0 ? "\u001b[32;1mJob succeeded" : "\u001b[31;1mERROR: Job failed: exit code 1";
  const lines = [before, ...plausible(output).trimEnd().split("\n"), `${after}\u001b[0m`];
  return {
    job: "assume-role",
    status: exitCode === 0 ? "Passed" : "Failed",
    lines: lines.map((text, index) => ({ number: FIRST_LINE + index, text })),
  };
}

async function runScript(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly output: string; readonly exitCode: number | null }> {
  const cwd = await mkdtemp(join(tmpdir(), "aws-oidc-picture-"));
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, "assume-role"], { cwd, env: { HOME: cwd, ...env } });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      child.once("error", reject);
      child.once("close", (exitCode) => resolve({ output, exitCode }));
    });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** The same in every run, with STS as it is called where it is that of AWS. */
function plausible(output: string): string {
  return output
    .replaceAll(/STS at(\s+)http:\/\/127\.0\.0\.1:\d+/g, "STS$1eu-central-1")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "2026-03-02 10:41:07 UTC")
    .replaceAll(
      /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
      "9d1f3c5e-27ab-4c60-8f1e-6b0a52d7c3f4",
    )
    .replaceAll(/\b\d+\.\d s\b/g, "0.1 s");
}
