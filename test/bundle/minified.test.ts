import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { EXTERNAL_ID, ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld, type ScenarioOptions, type ScenarioRun, transcript } from "../harness/scenario.ts";
import { unwrapped } from "../harness/stable.ts";

let world: World;
let folder: string;
const minified = { bundle: "", assumeRoleBundle: "" };
beforeAll(async () => {
  world = await startWorld();
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-minified-"));
  for (const name of ["bundle", "assumeRoleBundle"] as const) {
    const { code } = await transform(readFileSync(inject(name), "latin1"), { minify: true });
    // By the name that it has, which help and hints repeat.
    mkdirSync(join(folder, name));
    minified[name] = join(folder, name, basename(inject(name)));
    writeFileSync(minified[name], code);
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

interface Situation extends ScenarioOptions {
  readonly name: string;
  readonly exitCode: number;
}

const POLICY = '{"Version":"2012-10-17","Statement":[]}';

/** Every command, every way to end, and so every part of the script that is loaded when it is asked for. */
const SITUATIONS: readonly Situation[] = [
  { name: "a role", exitCode: 0 },
  {
    name: "a chained role",
    env: { AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production, AWS_OIDC_EXTERNAL_ID: EXTERNAL_ID },
    exitCode: 0,
  },
  { name: "a role that does not admit the job", env: { AWS_OIDC_ROLE_ARN: ROLES.audit }, exitCode: 1 },
  {
    name: "an STS that cannot be reached",
    env: { AWS_OIDC_STS_ENDPOINT: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" },
    exitCode: 1,
  },
  {
    name: "inputs with problems",
    env: { AWS_OIDC_ROLE_ARN: "x", AWS_OIDC_DURATION_SECONDS: "y" },
    exitCode: 2,
  },
  { name: "flags", argv: ["assume-role", "--duration-seconds=900"], exitCode: 0 },
  { name: "the doctor", argv: ["doctor"], exitCode: 0 },
  {
    name: "the doctor with a trust policy",
    argv: ["doctor", "--trust-policy-file", "policy.json", "--format=json"],
    prepare: (to) => writeFileSync(join(to, "policy.json"), POLICY),
    exitCode: 0,
  },
  { name: "a trust policy", argv: ["trust-policy", "--format=terraform"], exitCode: 0 },
  {
    name: "a migration",
    argv: ["migrate"],
    prepare: (to) =>
      copyFileSync(
        join(import.meta.dirname, "../vectors/migrate/documented.yml"),
        join(to, ".gitlab-ci.yml"),
      ),
    exitCode: 0,
  },
  { name: "help", argv: ["--help"], exitCode: 0 },
  { name: "help for a command", argv: ["doctor", "--help"], exitCode: 0 },
  { name: "the version", argv: ["--version"], exitCode: 0 },
  { name: "a command that there is not", argv: ["assume"], exitCode: 2 },
];

it.each(SITUATIONS)("does what the bundle does: $name", async ({ name: _name, exitCode, ...situation }) => {
  // With one token for both runs, since the doctor tells what is in it.
  const options = { ...situation, env: { ...world.environment(), ...situation.env } };
  const script = options.argv === undefined ? minified.assumeRoleBundle : minified.bundle;
  const plain = await runInWorld(world, options);
  expect(plain.exitCode, plain.stderr).toBe(exitCode);
  const calledAlike = (run: ScenarioRun): string =>
    unwrapped(transcript(run)).replaceAll(/node \S+\/(?=[\w-]+\.cjs)/g, "node ");
  expect(calledAlike(await runInWorld(world, { ...options, script }))).toBe(calledAlike(plain));
});
