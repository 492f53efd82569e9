import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Outputs, renderOutputs } from "../../../build/outputs.ts";
import { findStaleOutputs } from "../../../build/stale-outputs.ts";
import { copyProject, PROJECT_ROOT, type ProjectCopy } from "../../harness/project-copy.ts";

let copy: ProjectCopy;
let outputs: Outputs;
beforeAll(async () => {
  copy = copyProject();
  outputs = await renderOutputs(PROJECT_ROOT);
});
afterAll(() => copy.remove());

const read = (path: string): string => readFileSync(join(copy.folder, path), "utf8");

/** Runs something while a file of the copy holds something else. */
function withFile<Result>(path: string, contents: string, run: () => Result): Result {
  const right = read(path);
  writeFileSync(join(copy.folder, path), contents);
  try {
    return run();
  } finally {
    writeFileSync(join(copy.folder, path), right);
  }
}

/** A letter in the middle in place of another. */
function spoil(text: string): string {
  const middle = text.length >> 1;
  const rest = text.slice(middle).replace(/[a-z]/, (letter) => (letter === "a" ? "b" : "a"));
  return text.slice(0, middle) + rest;
}

it("the build makes the same bytes in a process of its own and in any folder", () => {
  expect(copy.npmRun("build")).toMatchObject({ status: 0, stderr: "" });
  const differing = [...outputs].filter(([path, contents]) => read(path) !== contents);
  expect(differing.map(([path]) => path)).toEqual([]);
});

describe("the check of generated files", () => {
  it("finds nothing in what the source gives", () => {
    expect(findStaleOutputs(PROJECT_ROOT, outputs)).toEqual([]);
  });

  it("finds a script that a shell cannot start", () => {
    const script = join(copy.folder, "dist/aws-oidc.cjs");
    chmodSync(script, 0o644);
    expect(findStaleOutputs(copy.folder, outputs)).toEqual(["dist/aws-oidc.cjs"]);
    chmodSync(script, 0o755);
    expect(findStaleOutputs(copy.folder, outputs)).toEqual([]);
  });

  it.each([
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
  ])("finds one character that differs in %s", (path) => {
    const stale = withFile(path, spoil(read(path)), () => findStaleOutputs(copy.folder, outputs));
    expect(stale).toEqual([path]);
  });

  it("finds a file that is missing", () => {
    expect(findStaleOutputs(copy.folder, new Map([["dist/new.txt", "N"]]))).toEqual(["dist/new.txt"]);
  });

  it("is `npm run check:dist`, which says how to mend it", () => {
    const path = "dist/aws-oidc.cjs";
    const { status, stderr } = withFile(path, spoil(read(path)), () => copy.npmRun("check:dist"));
    expect(stderr).toBe(
      `✖ Not what the source gives: ${path}\n  → Run \`npm run build\` and commit the result together with the source.\n`,
    );
    expect(status).toBe(1);
  });
});
