import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inputsOf } from "../../src/config/inputs/inputs.ts";
import { COMMANDS } from "../../src/config/inputs/usage.ts";
import { runScript } from "../harness/run-script.ts";
import { findExecutable } from "../harness/shells.ts";
import { expectToldProblems } from "../harness/told-problems.ts";

/** What is typed, and all that may follow. */
const LINES = [
  ["aws-oidc tr", ["trust-policy"]],
  ["aws-oidc help ", COMMANDS.toSorted()],
  ["aws-oidc completion ", ["bash", "zsh"]],
  ["aws-oidc doctor --form", ["--format"]],
  ["aws-oidc doctor --format ", ["json", "text"]],
  ["aws-oidc doctor --format=j", ["json"]],
  ["aws-oidc trust-policy --format=", ["cli", "cloudformation", "json", "terraform"]],
  // A path, since a shell looks at what follows the last slash.
  ["./aws-oidc.cjs assume-role --verify n", ["none"]],
  ["aws-oidc doctor --trust-policy po", ["policy of shop.json", "policy.json"]],
  ["aws-oidc doctor --claims po", ["policy of shop.json", "policy.json"]],
  // A value that nobody knows; then one that may be left out, and a switch.
  ["aws-oidc doctor --project p", []],
  ["aws-oidc doctor --merge-request --str", ["--strict"]],
  ["aws-oidc doctor --strict --ta", ["--tag"]],
  ["aws-oidc trust-policy --role one --any-branch --role two --any-b", ["--any-branch"]],
] as const;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-completion-"));
  for (const name of ["policy.json", "policy of shop.json"]) writeFileSync(join(folder, name), "");
  for (const shell of ["bash", "zsh"]) {
    const { exitCode, stdout, stderr } = await runScript({ argv: ["completion", shell] });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    writeFileSync(join(folder, `script.${shell}`), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a shell would complete, by what is typed. */
function complete(shell: "bash" | "zsh", lines: readonly string[]): Readonly<Record<string, string[]>> {
  const driver = join(import.meta.dirname, `../harness/completion/complete.${shell}`);
  const { status, stdout, stderr } = spawnSync(
    findExecutable(shell) ?? shell,
    [...(shell === "zsh" ? ["-f"] : ["--norc"]), driver, `script.${shell}`, ...lines],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TERM: "dumb" },
      encoding: "utf8",
      timeout: 30_000,
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const answers = stdout
    .split(/^== /m)
    .slice(1)
    .map((answer) => answer.trimEnd().split("\n"));
  return Object.fromEntries(answers.map(([, ...words], index) => [lines[index], words.sort()]));
}

const wanted = Object.fromEntries(LINES);
const asked = Object.keys(wanted);

it("completes commands, flags, words and files in bash", () => {
  expect(complete("bash", asked)).toEqual(wanted);
});

it("completes every flag of every command in bash, by all of its names", () => {
  const completed = complete(
    "bash",
    COMMANDS.map((command) => `aws-oidc ${command} --`),
  );
  for (const command of COMMANDS) {
    const flags = inputsOf(command).filter(({ reaches }) => reaches !== "job");
    const names = flags.flatMap(({ name, alias }) => [name, ...(alias === undefined ? [] : [alias])]);
    expect(completed[`aws-oidc ${command} --`]).toEqual(["help", ...names].map((name) => `--${name}`).sort());
  }
});

describe("in zsh", () => {
  if (findExecutable("zsh") === undefined) {
    it("is not tried here, and need not be", () => {
      console.warn("Not on this machine, so not tried: zsh");
      expect(process.env.REQUIRED_COMPLETION).toBeUndefined();
    });
    return;
  }

  it("completes the same", () => {
    expect(complete("zsh", asked)).toEqual(wanted);
  });
});

it("names the shells that it knows", async () => {
  const run = await runScript({ argv: ["completion", "fish"] });
  expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  expectToldProblems(run, [["completion", '"fish"']]);
  expect((await runScript({ argv: ["completion", "--help"] })).stdout).toContain(
    "source <(aws-oidc completion zsh)",
  );
});
