import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Well below the time after which a run ends anyway. */
const AT_ONCE_MS = 20_000;

interface Trap {
  readonly path: string;
  readonly prepare: (folder: string) => void;
  readonly reason: string;
}

const nothing = (): void => {};

/** What is not a readable file, and would take forever, or all the memory there is. */
const TRAPS: readonly Trap[] = [
  { path: "/dev/zero", prepare: nothing, reason: "not a regular file" },
  { path: "/dev/tty", prepare: nothing, reason: "(?:not a regular file|ENXIO)" },
  {
    path: "pipe",
    prepare: (folder) => void spawnSync("mkfifo", [join(folder, "pipe")]),
    reason: "not a regular file",
  },
  {
    path: "folder",
    prepare: (folder) => void mkdirSync(join(folder, "folder")),
    reason: "a folder, not a file",
  },
  {
    path: "large.json",
    prepare: (folder) => writeFileSync(join(folder, "large.json"), " ".repeat(65_537)),
    reason: "more than 64 KiB",
  },
];

describe.each(TRAPS)("$path", ({ path, prepare, reason }) => {
  it.each([
    ["session-policy-file of a job", ["assume-role"], { AWS_OIDC_SESSION_POLICY_FILE: path }],
    ["trust-policy-file of the doctor", ["doctor"], { AWS_OIDC_TRUST_POLICY_FILE: path }],
    ["claims", ["doctor", "--claims", path], { GITLAB_OIDC_TOKEN: undefined }],
  ])("is refused at once as %s", async (_, argv, env) => {
    const run = await runInWorld(world, { argv, env, prepare });
    expect(run.exitCode).toBe(2);
    expect(run.elapsedMs).toBeLessThan(AT_ONCE_MS);
    expect(run.stderr).toMatch(new RegExp(`"${path}".* cannot be read \\(${reason}\\)`));
    expect(run.stderr).toContain("the path of a regular file of at most 64 KiB");
    expect(run.actions).toEqual([]);
  });
});

it.each(["/dev/zero", "pipe"])("%s is refused at once as the authorities to trust", async (path) => {
  const prepare = (folder: string): void => void spawnSync("mkfifo", [join(folder, "pipe")]);
  const run = await runInWorld(world, { env: { AWS_CA_BUNDLE: path }, prepare });
  expect(run.exitCode).toBe(2);
  expect(run.elapsedMs).toBeLessThan(AT_ONCE_MS);
  expect(run.stderr).toContain(`AWS_CA_BUNDLE: "${path}" cannot be read (not a regular file)`);
});

it("reads a file of 64 KiB, and one whose size is not known before", async () => {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  const prepare = (folder: string): void => writeFileSync(join(folder, "p.json"), policy.padEnd(65_536));
  const full = await runInWorld(world, { env: { AWS_OIDC_SESSION_POLICY_FILE: "p.json" }, prepare });
  expect(full.exitCode).toBe(0);
  const unknown = await runInWorld(world, { env: { AWS_OIDC_SESSION_POLICY_FILE: "/proc/self/status" } });
  expect(unknown.stderr).toContain("session-policy-file: not JSON");
});
