import { expect, it } from "vitest";
import { VERSION } from "../../src/foundation/version.ts";
import { runScript } from "../harness/run-script.ts";

it("prints the version", async () => {
  const run = await runScript({ argv: ["--version"] });
  expect(run).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n`, stderr: "", files: [] });
});

it.each([
  ["asks for a command", [], "no command"],
  ["lists the commands for one that it does not know", ["asume-role", "--role-arn", "x"], '"asume-role"'],
])("%s", async (_, argv, found) => {
  const run = await runScript({ argv });
  expect(run).toMatchObject({ exitCode: 2, stdout: "", files: [] });
  expect(run.stderr).toContain(`  command: ${found}\n    expected one of assume-role`);
});

it.each([[["--help"]], [["-h"]], [["help"]]])("shows the commands for %j", async (argv) => {
  const run = await runScript({ argv });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", files: [] });
  expect(run.stdout).toMatch(/^Usage: node aws-oidc.cjs <command> \[options\]$/m);
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
  expect(run.stdout).toMatch(/^Usage: node aws-oidc.cjs assume-role \[options\]$/m);
  expect(run.stdout).toMatch(/^ {2}--role-arn <arn> {3}AWS_OIDC_ROLE_ARN$/m);
});
