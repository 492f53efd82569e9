/**
 * Compares GitLab Runner's provenance of the release's files with those files, and puts it next to them:
 * `node build/release-provenance.ts`, in a job that has the artifacts of the job `assets`.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProvenanceFaults } from "./provenance.ts";

/** Where the runner puts it, below the job's folder. */
const STATEMENT = "artifacts-metadata.json";
const ASSETS = "release/assets";
const PROVENANCE = "provenance.json";

function fail(...reasons: readonly string[]): never {
  for (const reason of reasons) console.error(`✖ ${reason}`);
  process.exit(1);
}

function variable(name: string): string {
  return process.env[name] || fail(`${name} is not set: run this in a job of GitLab CI/CD`);
}

function readStatement(): string {
  try {
    return readFileSync(STATEMENT, "utf8");
  } catch {
    return fail(
      `there is no ${STATEMENT} among the artifacts of the job assets: its runner has to support RUNNER_GENERATE_ARTIFACTS_METADATA`,
    );
  }
}

const names = readdirSync(ASSETS).filter((name) => name !== PROVENANCE);
const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
const statement = readStatement();
const faults = findProvenanceFaults(statement, {
  files: new Map(names.map((name) => [`${ASSETS}/${name}`, sha256(join(ASSETS, name))])),
  projectPath: variable("CI_PROJECT_PATH"),
  commit: variable("CI_COMMIT_SHA"),
  job: "assets",
});
if (faults.length > 0) fail(...faults.map((fault) => `${STATEMENT}: ${fault}`));
writeFileSync(join(ASSETS, PROVENANCE), statement);
console.log(`✔ The provenance vouches for all ${names.length} files.`);
