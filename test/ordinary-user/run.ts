/**
 * Runs, as an ordinary user, the tests that permissions decide: no folder is read-only for root. Anybody else has run them so
 * already.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const PROJECT = join(import.meta.dirname, "../..");
const VITEST = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

/** Those that make folders or mounts read-only, or become another user. */
const FILES = [
  "test/faults/faults.test.ts",
  "test/scenarios/assume-role-report-not-writable.test.ts",
  "test/scenarios/web-identity-shell.test.ts",
] as const;

/** `nobody` on Linux; a number needs no entry in a list of users. */
const USER = { uid: 65_534, gid: 65_534 } as const;

/** @returns the exit code */
function runAsOrdinaryUser(): number {
  if (spawnSync("test", ["-r", join(PROJECT, "package.json")], USER).status !== 0) {
    console.warn(`Not run as an ordinary user, who cannot read ${PROJECT}`);
    return 0;
  }
  const home = mkdtempSync(join(tmpdir(), "ordinary-user-"));
  spawnSync("chown", [`${USER.uid}:${USER.gid}`, home]);
  try {
    // The configuration as it is, since what is made of it would be written into a folder of root's.
    const argv = [VITEST, "run", "--configLoader=native", ...FILES];
    const env = { ...process.env, HOME: home, TMPDIR: home };
    return spawnSync(process.execPath, argv, { ...USER, cwd: PROJECT, env, stdio: "inherit" }).status ?? 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

process.exitCode = process.getuid?.() === 0 ? runAsOrdinaryUser() : 0;
