import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, type ScenarioRun } from "../harness/scenario.ts";
import { unwrapped } from "../harness/stable.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Runs the script as a user whom the folder's permissions hold for, which they do not for root. */
const AS_ORDINARY_USER = `
  const file = process.argv[1];
  const code = require("node:fs").readFileSync(file, "utf8");
  if (process.getuid() === 0) process.setuid(65534);
  new module.constructor(file)._compile(code, file);`;

const REPORT = "aws-oidc-31337.env";

/** The system's code for what went wrong, and words of the fix. */
function expectNotWritten(run: ScenarioRun, { code, fix }: { readonly code: string; readonly fix: string }) {
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  expect(run.stderr).toMatch(new RegExp(`^✖ ${REPORT}: .* \\(${code}\\)$`, "m"));
  expect(unwrapped(run.stderr)).toMatch(new RegExp(` REPORT_NOT_WRITTEN → .*${fix}`));
}

it("stops before asking AWS when a folder has the report's name", async () => {
  const prepare = (folder: string) => {
    rmSync(join(folder, REPORT));
    mkdirSync(join(folder, REPORT));
  };
  const run = await runInWorld(world, { prepare });
  expectNotWritten(run, { code: "EISDIR", fix: "Remove the folder with that name" });
  expect(run.files).toEqual([REPORT]);
  expect(run.actions).toEqual([]);
});

it("stops before asking AWS when the report of an earlier run cannot be removed", async () => {
  const run = await runInWorld(world, {
    node: [process.execPath, "-e", AS_ORDINARY_USER],
    prepare: (folder) => chmodSync(folder, 0o555),
  });
  expectNotWritten(run, { code: "EACCES", fix: "a folder that its user can write to" });
  expect(run.files).toEqual([REPORT]);
  expect(run.actions).toEqual([]);
});

it("says so when the folder is read-only", async () => {
  const prepare = (folder: string) => {
    rmSync(join(folder, REPORT));
    chmodSync(folder, 0o555);
  };
  const run = await runInWorld(world, { node: [process.execPath, "-e", AS_ORDINARY_USER], prepare });
  expectNotWritten(run, { code: "EACCES", fix: "a folder that its user can write to" });
  expect(run.files).toEqual([]);
  expect(run.actions).toEqual(["AssumeRoleWithWebIdentity", "GetCallerIdentity"]);
});

it("leaves no temporary file when writing fails half-way", async () => {
  const node = ["sh", "-c", 'ulimit -f 0; exec "$0" "$@"', process.execPath] as const;
  const run = await runInWorld(world, { node: [...node] });
  expectNotWritten(run, { code: "EFBIG", fix: "a folder that its user can write to" });
  expect(run.files).toEqual([]);
  expect(run.actions).toEqual(["AssumeRoleWithWebIdentity", "GetCallerIdentity"]);
});

it("says so when the working folder disappeared", async () => {
  const node = ["sh", "-c", 'rm -r "$PWD"; exec "$0" "$@"', process.execPath] as const;
  const run = await runInWorld(world, { node: [...node] });
  expectNotWritten(run, { code: "ENOENT", fix: "working folder disappeared" });
  expect(run.files).toEqual([]);
  expect(run.actions).toEqual(["AssumeRoleWithWebIdentity", "GetCallerIdentity"]);
});
