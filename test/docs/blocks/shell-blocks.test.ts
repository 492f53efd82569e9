import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { describeWorld } from "../../fakes/world.ts";
import { ROOT, readPages } from "../pages.ts";

const blocks = readPages().flatMap(({ path, blocks: found }) =>
  found
    .filter(({ language }) => language === "sh")
    .map(({ line, code }) => ({ name: `${path}:${line}`, code, commands: commandsOf(code) })),
);

/** The commands of a block, without comments. */
function commandsOf(code: string): readonly string[] {
  return code
    .split("\n")
    .flatMap((line) => line.replace(/\s#.*$|^#.*$/, "").split("&&"))
    .map((command) => command.trim())
    .filter((command) => command !== "");
}

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const SCRIPT = /^npm (?:run ([\w:-]+)|(test))\b/;
const OURS = "node dist/aws-oidc.cjs ";
/** Whatever else the block needs, the tests bring it. */
const isSelfContained = ({ commands }: { readonly commands: readonly string[] }): boolean =>
  commands.some((command) => command.startsWith(OURS)) &&
  commands.every((command) => command.startsWith(OURS) || command.startsWith("aws iam get-role "));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-docs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("names scripts of package.json, and files that exist", () => {
  const commands = blocks.flatMap((block) => block.commands);
  const called = commands.flatMap((command) => SCRIPT.exec(command)?.slice(1).filter(Boolean) ?? []);
  const files = commands.flatMap((command) => /^node (\S+)/.exec(command)?.[1] ?? []);
  expect(called).toContain("demo");
  expect(called.filter((name) => !(name in scripts))).toEqual([]);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

/** An AWS CLI that knows the role `deploy` of the small world, seen from GitLab.com, and nothing else. */
function installAwsCli(): void {
  const { trustPolicy } = describeWorld("https://gitlab.com").accounts["123456789012"]?.roles?.[0] ?? {};
  const answer = { Role: { RoleName: "deploy", AssumeRolePolicyDocument: trustPolicy } };
  writeFileSync(join(folder, "role.json"), JSON.stringify(answer, undefined, 2));
  const file = join(folder, "aws");
  writeFileSync(
    file,
    '#!/bin/sh\ncase "$*" in "iam get-role --role-name deploy --output json") exec cat role.json; esac\nexit 1\n',
  );
  chmodSync(file, 0o755);
}

describe("the commands of", () => {
  it.each(blocks.filter(isSelfContained))("$name work", ({ code }) => {
    installAwsCli();
    copyFileSync(join(ROOT, "test/vectors/migrate/documented.yml"), join(folder, ".gitlab-ci.yml"));
    symlinkSync(dirname(inject("bundle")), join(folder, "dist"));
    const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-euo", "pipefail", "-c", code], {
      cwd: folder,
      env: {
        PATH: [folder, dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
        HOME: folder,
      },
      encoding: "utf8",
    });
    expect(`${stdout}${stderr}`).toMatch(/\S/);
    expect(status, stderr).toBe(0);
  });
});

it("has commands for the very hashes that jobs show in their logs", () => {
  const commands = blocks
    .flatMap((block) => block.commands)
    .filter((line) => /sha256sum(?! --check)/.test(line));
  const printed = commands.map((command) =>
    spawnSync("bash", ["-c", command], { cwd: ROOT, encoding: "utf8" }),
  );
  const hashes = printed.map(({ stdout }) => stdout.slice(0, 64));
  const shown = ["dist/doctor-runtime.yml", "dist/runtime.yml"].map(
    (path) => /SHA-256 ([0-9a-f]{64})$/m.exec(readFileSync(join(ROOT, path), "utf8"))?.[1],
  );
  expect(hashes).toEqual(shown);
});
