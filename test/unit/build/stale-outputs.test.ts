import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outputs } from "../../../build/outputs.ts";
import { findStaleOutputs } from "../../../build/stale-outputs.ts";
import { PROJECT_ROOT } from "../../harness/project-copy.ts";

const PATHS = [
  "dist/aws-oidc.cjs",
  "dist/runtime.yml",
  "dist/doctor-runtime.yml",
  "dist/THIRD-PARTY-LICENSES.txt",
  "templates/assume-role.yml",
  "templates/web-identity.yml",
  "templates/doctor.yml",
  "README.md",
  "docs/inputs.md",
  "docs/reference.md",
  "docs/troubleshooting.md",
  "docs/use/s3.md",
  "docs/images/flow.svg",
];

let folder: string;
let outputs: Outputs;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-outputs-"));
  for (const path of PATHS) cpSync(join(PROJECT_ROOT, path), join(folder, path));
  outputs = new Map(PATHS.map((path) => [path, read(path)]));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (path: string): string => readFileSync(join(folder, path), "utf8");

/** A letter in the middle in place of another. */
function spoil(text: string): string {
  const middle = text.length >> 1;
  const rest = text.slice(middle).replace(/[a-z]/, (letter) => (letter === "a" ? "b" : "a"));
  return text.slice(0, middle) + rest;
}

describe("the check of generated files", () => {
  it("finds nothing where all are what they should be", () => {
    expect(findStaleOutputs(folder, outputs)).toEqual([]);
  });

  it("finds a script that a shell cannot start", () => {
    const script = join(folder, "dist/aws-oidc.cjs");
    chmodSync(script, 0o644);
    expect(findStaleOutputs(folder, outputs)).toEqual(["dist/aws-oidc.cjs"]);
    chmodSync(script, 0o755);
    expect(findStaleOutputs(folder, outputs)).toEqual([]);
  });

  it.each(PATHS)("finds one character that differs in %s", (path) => {
    const right = read(path);
    writeFileSync(join(folder, path), spoil(right));
    expect(findStaleOutputs(folder, outputs)).toEqual([path]);
    writeFileSync(join(folder, path), right);
  });

  it("finds a file that is missing", () => {
    expect(findStaleOutputs(folder, new Map([["dist/new.txt", "N"]]))).toEqual(["dist/new.txt"]);
  });
});
