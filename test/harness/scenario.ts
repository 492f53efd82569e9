import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { World } from "../fakes/world.ts";
import { runScript, type ScriptOptions, type ScriptRun } from "./run-script.ts";
import { stable } from "./stable.ts";

/** A run of the script, and what reached STS while it ran. */
export interface ScenarioRun extends ScriptRun {
  readonly actions: readonly string[];
}

export type ScenarioOptions = Omit<ScriptOptions, "secrets">;

const STALE_REPORT = "AWS_ACCESS_KEY_ID=ASIASTALESTALESTALE0\n";

/**
 * Runs the script in a job of the world, `env` replacing what the job has (`undefined` removes it). A report of an
 * earlier run is there at the start, and every output is searched for the ID token, the e-mail
 * address in it and all that STS issued.
 */
export async function runInWorld(world: World, options: ScenarioOptions = {}): Promise<ScenarioRun> {
  const env: Record<string, string | undefined> = { ...world.environment(), ...options.env };
  const before = world.sts.requests.length;
  const run = await runScript({
    ...options,
    env,
    prepare: (folder) => {
      writeFileSync(join(folder, "aws-oidc-31337.env"), STALE_REPORT);
      options.prepare?.(folder);
    },
    secrets: () => [tokenIn(env), "ada@example.com", ...world.sts.secretsIssued()],
  });
  expect(run.stdout + run.stderr, "a stack trace").not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  return { ...run, actions: world.sts.requests.slice(before).map(({ action }) => action ?? "none") };
}

/** The token, unless the name of a variable stands in its place, which may be told. */
function tokenIn({ GITLAB_OIDC_TOKEN: token = "" }: Readonly<Record<string, string | undefined>>): string {
  return token.startsWith("$") ? "" : token;
}

/** The whole outcome as one text for a snapshot: exit code, files, requests, and both streams. */
export function transcript(run: ScenarioRun): string {
  const streams = [
    ["stdout", run.stdout],
    ["stderr", run.stderr],
  ].filter(([, text]) => text !== "");
  return [
    `exit code ${run.exitCode}; files: ${list(run.files)}; requests to STS: ${list(run.actions)}\n`,
    ...streams.map(([name, text = ""]) => `--- ${name}\n${stable(text)}`),
  ].join("");
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "none" : items.join(", ");
}
