import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect, inject, it } from "vitest";
import { VERSION } from "../../src/foundation/version.ts";
import { runScript } from "../harness/run-script.ts";
import { unwrapped } from "../harness/stable.ts";

const USAGE = /^Usage: node \S+aws-oidc\.cjs <command> \[options\]$/m;

it("prints the version", async () => {
  const run = await runScript({ argv: ["--version"] });
  expect(run).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n`, stderr: "", files: [] });
});

it("shows the commands where none is given, and calls that a mistake", async () => {
  const run = await runScript({ argv: [] });
  expect(run).toMatchObject({ exitCode: 2, stdout: "", files: [] });
  expect(run.stderr).toMatch(USAGE);
});

it("lists the commands for one that it does not know, and the nearest", async () => {
  const run = await runScript({ argv: ["asume-role", "--role-arn", "x"] });
  expect(run).toMatchObject({ exitCode: 2, stdout: "", files: [] });
  expect(run.stderr).toContain('  command: "asume-role"\n    expected one of assume-role');
  expect(unwrapped(run.stderr)).toMatch(
    /→ Did you mean assume-role\? Run `node \S+aws-oidc\.cjs --help` for the list\. $/,
  );
});

it("names the program as it was called: from the working folder, or by its whole path", async () => {
  const script = inject("bundle");
  const beside = await runScript({ argv: ["--help"], folder: dirname(script) });
  expect(beside.stdout).toContain("Usage: node aws-oidc.cjs <command>");
  const elsewhere = await runScript({ argv: ["--help"] });
  expect(elsewhere.stdout).toContain(`Usage: node ${script} <command>`);
});

it("names the program alone where it is on the path, as npm puts it there", () => {
  const folder = mkdtempSync(join(tmpdir(), "aws-oidc-bin-"));
  chmodSync(inject("bundle"), 0o755);
  symlinkSync(inject("bundle"), join(folder, "aws-oidc"));
  const env = { PATH: [folder, dirname(process.execPath)].join(delimiter) };
  const run = (more: object) =>
    spawnSync("aws-oidc", ["--help"], { env: { ...env, ...more }, encoding: "utf8" });
  expect(run({}).stdout).toContain("Usage: aws-oidc <command>");
  // npx takes the folder off the path again.
  expect(run({ npm_command: "exec" }).stdout).toContain(`Usage: node ${folder}/aws-oidc <command>`);
  rmSync(folder, { recursive: true });
});

it.each([[["--help"]], [["-h"]], [["help"]]])("shows the commands for %j", async (argv) => {
  const run = await runScript({ argv });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", files: [] });
  expect(run.stdout).toMatch(USAGE);
  expect(run.stdout).toMatch(/^ {2}assume-role /m);
  expect(run.stdout).toMatch(/^Exit codes: 0 done, 1 refused or failed, 2 wrong configuration/m);
});

it.each([
  [["assume-role", "--help"]],
  [["assume-role", "-h"]],
  [["assume-role", "--role-arn", "x", "--help"]],
])("shows the options of a command for %j", async (argv) => {
  const run = await runScript({ argv });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", files: [] });
  expect(run.stdout).toMatch(/^Usage: node \S+aws-oidc\.cjs assume-role \[options\]$/m);
  expect(run.stdout).toMatch(/^ {2}--role-arn <arn> {3}AWS_OIDC_ROLE_ARN$/m);
});
