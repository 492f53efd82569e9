import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCheckout } from "../../../src/edge/git.ts";
import type { Checkout } from "../../../src/foundation/ports.ts";

let folder: string;
let env: Record<string, string>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-git-"));
  env = { PATH: process.env.PATH ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  writeFileSync(
    join(folder, ".gitconfig"),
    "[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n",
  );
  git("init", "--quiet", "there");
  git("-C", "there", "commit", "--quiet", "--allow-empty", "--message", "begin");
  git("clone", "--quiet", "there", "clone");
  git("-C", "clone", "remote", "set-url", "origin", ADDRESS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ADDRESS = "https://ada:hunter22@gitlab.example.com/acme/shop.git";

function git(...argv: readonly string[]): void {
  execFileSync("git", argv, { cwd: folder, env, stdio: "pipe" });
}

/** What git says of a folder, the address in plain text. */
async function look(path: string, more: Readonly<Record<string, string>> = {}): Promise<object> {
  const checkout: Checkout = await readCheckout({ ...env, ...more }, join(folder, path));
  return checkout.kind === "remote" ? { ...checkout, address: checkout.address.reveal() } : checkout;
}

const CLONE = { kind: "remote", name: "origin", address: ADDRESS, branch: "main", defaultBranch: "main" };

it("finds the remote of a clone, from any folder in it", async () => {
  mkdirSync(join(folder, "clone/src"));
  expect(await look("clone/src")).toEqual(CLONE);
});

it("tells the branch that is checked out from the default one", async () => {
  git("-C", "clone", "checkout", "--quiet", "-b", "fix/a-b");
  expect(await look("clone")).toEqual({ ...CLONE, branch: "fix/a-b" });
  git("-C", "clone", "checkout", "--quiet", "--detach", "main");
  expect(await look("clone")).toEqual({ ...CLONE, branch: undefined });
  git("-C", "clone", "checkout", "--quiet", "main");
});

it("finds it in a worktree, whose .git is a file", async () => {
  git("-C", "clone", "worktree", "add", "--quiet", "-b", "other", "../worktree");
  expect(await look("worktree")).toEqual({ ...CLONE, branch: "other" });
});

it("has git rewrite the address, as the user's configuration says", async () => {
  const rewritten = {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "url.git@gitlab.example.com:.insteadOf",
    GIT_CONFIG_VALUE_0: "https://ada:hunter22@gitlab.example.com/",
  };
  expect(await look("clone", rewritten)).toEqual({
    ...CLONE,
    address: "git@gitlab.example.com:acme/shop.git",
  });
});

it("prefers the remote that the branch is to be merged with", async () => {
  git("-C", "clone", "remote", "add", "upstream", "https://gitlab.example.com/main/shop.git");
  git("-C", "clone", "config", "branch.main.remote", "upstream");
  const upstream = {
    name: "upstream",
    address: "https://gitlab.example.com/main/shop.git",
    defaultBranch: undefined,
  };
  expect(await look("clone")).toEqual({ ...CLONE, ...upstream });
  // A branch may name an address in place of a remote, or this repository.
  for (const other of [ADDRESS, "."]) {
    git("-C", "clone", "config", "branch.main.remote", other);
    expect(await look("clone")).toEqual(CLONE);
  }
});

it("takes the only remote by any name, and none of several", async () => {
  git("init", "--quiet", "fresh");
  expect(await look("fresh")).toEqual({ kind: "without-remote" });
  git("-C", "fresh", "remote", "add", "gitlab", ADDRESS);
  expect(await look("fresh")).toEqual({ ...CLONE, name: "gitlab", defaultBranch: undefined });
  git("-C", "fresh", "remote", "add", "mirror", ADDRESS);
  expect(await look("fresh")).toEqual({ kind: "ambiguous", names: ["gitlab", "mirror"] });
});

describe("where git says nothing", () => {
  it("finds no repository outside of one, and none without git", async () => {
    expect(await look(".", { GIT_CEILING_DIRECTORIES: folder })).toEqual({ kind: "none" });
    expect(await look("clone", { PATH: folder })).toEqual({ kind: "none" });
  });

  it("does not read the repository of another user", async () => {
    expect(await look("clone", { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" })).toEqual({ kind: "distrusted" });
  });
});

it("runs nothing that the configuration of a repository names", async () => {
  git("init", "--quiet", "hostile");
  const program = join(folder, "program");
  writeFileSync(program, `#!/bin/sh\ntouch ${folder}/it-ran\n`);
  chmodSync(program, 0o755);
  for (const key of [
    "core.fsmonitor",
    "core.pager",
    "pager.remote",
    "pager.config",
    "core.sshCommand",
    "core.editor",
  ])
    git("-C", "hostile", "config", key, program);
  for (const key of ["alias.remote", "alias.symbolic-ref"])
    git("-C", "hostile", "config", key, `!${program}`);
  git("-C", "hostile", "config", "core.hooksPath", folder);
  git("-C", "hostile", "remote", "add", "--", "origin", ADDRESS);
  expect(await look("hostile")).toMatchObject({ address: ADDRESS });
  expect(existsSync(join(folder, "it-ran"))).toBe(false);
});

it("keeps the address secret", async () => {
  const checkout = await readCheckout(env, join(folder, "clone"));
  expect(JSON.stringify(checkout)).not.toContain("hunter22");
});
