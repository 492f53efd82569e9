import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { runScript } from "../harness/run-script.ts";

it("takes project, instance and branch from a real clone, and no password", async () => {
  const run = await runScript({
    argv: ["trust-policy", "--account", "123456789012"],
    prepare: (folder) => {
      const git = (...argv: readonly string[]) => execFileSync("git", argv, { cwd: folder, stdio: "pipe" });
      git("init", "--quiet");
      git("remote", "add", "origin", "https://ada:hunter22@gitlab.example.com/acme/shop.git");
      git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
    },
    secrets: () => ["hunter22"],
  });
  expect(run.stderr).toMatch(/^! Project acme\/shop on https:\/\/gitlab\.example\.com, branch trunk:/);
  expect(run.stdout).toContain("project_path:acme/shop:ref_type:branch:ref:trunk");
  expect(run.exitCode).toBe(0);
});
