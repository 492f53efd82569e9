import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

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

it("stops before asking AWS when a folder has the report's name", async () => {
  const prepare = (folder: string) => {
    rmSync(join(folder, REPORT));
    mkdirSync(join(folder, REPORT));
  };
  const run = await runInWorld(world, { prepare });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 1; files: aws-oidc-31337.env; requests to STS: none
    --- stderr
    ✖ aws-oidc-31337.env: the file cannot be replaced (EISDIR)

      REPORT_NOT_WRITTEN
      → Remove the folder of that name from the repository or the runner.
    "
  `);
});

it("stops before asking AWS when the report of an earlier run cannot be removed", async () => {
  const run = await runInWorld(world, {
    node: [process.execPath, "-e", AS_ORDINARY_USER],
    prepare: (folder) => chmodSync(folder, 0o555),
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 1; files: aws-oidc-31337.env; requests to STS: none
    --- stderr
    ✖ aws-oidc-31337.env: the file cannot be replaced (EACCES)

      REPORT_NOT_WRITTEN
      → Let the job run in a folder that its user may write to.
    "
  `);
});

it("says so when the folder is read-only", async () => {
  const prepare = (folder: string) => {
    rmSync(join(folder, REPORT));
    chmodSync(folder, 0o555);
  };
  const run = await runInWorld(world, { node: [process.execPath, "-e", AS_ORDINARY_USER], prepare });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 1; files: none; requests to STS: AssumeRoleWithWebIdentity, GetCallerIdentity
    --- stderr
    ✖ aws-oidc-31337.env: the report cannot be written (EACCES)

      REPORT_NOT_WRITTEN
      → Let the job run in a folder that its user may write to.
    "
  `);
});

it("leaves no temporary file when writing fails half-way", async () => {
  const node = ["sh", "-c", 'ulimit -f 0; exec "$0" "$@"', process.execPath] as const;
  const run = await runInWorld(world, { node: [...node] });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 1; files: none; requests to STS: AssumeRoleWithWebIdentity, GetCallerIdentity
    --- stderr
    ✖ aws-oidc-31337.env: the report cannot be written (EFBIG)

      REPORT_NOT_WRITTEN
      → Let the job run in a folder that its user may write to.
    "
  `);
});

it("says so when the working folder has vanished", async () => {
  const node = ["sh", "-c", 'rm -r "$PWD"; exec "$0" "$@"', process.execPath] as const;
  const run = await runInWorld(world, { node: [...node] });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 1; files: none; requests to STS: AssumeRoleWithWebIdentity, GetCallerIdentity
    --- stderr
    ✖ aws-oidc-31337.env: the report cannot be written (ENOENT)

      REPORT_NOT_WRITTEN
      → The job's working folder has vanished while it ran: check what else runs on this runner, then
        retry the job.
    "
  `);
});
