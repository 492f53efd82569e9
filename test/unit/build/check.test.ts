import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderOutputs } from "../../../build/outputs.ts";
import { copyProject, PROJECT_ROOT, type ProjectCopy } from "../../harness/project-copy.ts";

let copy: ProjectCopy;
beforeAll(() => {
  copy = copyProject();
});
afterAll(() => copy.remove());

const read = (path: string): string => readFileSync(join(copy.folder, path), "utf8");

describe("the build", () => {
  it("makes the same bytes each time, and in any folder", async () => {
    const here = await renderOutputs(PROJECT_ROOT);
    for (const time of ["first", "second"]) {
      expect(copy.npmRun("build")).toMatchObject({ status: 0, stderr: "" });
      const differing = [...here].filter(([path, contents]) => read(path) !== contents);
      expect(
        differing.map(([path]) => path),
        time,
      ).toEqual([]);
    }
  });

  it("is what `npm run check:dist` finds", () => {
    expect(copy.npmRun("check:dist")).toMatchObject({ status: 0, stderr: "" });
  });
});

/** A letter in the middle in place of another. */
function spoil(text: string): string {
  const middle = text.length >> 1;
  const rest = text.slice(middle).replace(/[a-z]/, (letter) => (letter === "a" ? "b" : "a"));
  return text.slice(0, middle) + rest;
}

describe("`npm run check:dist`", () => {
  it.each([
    "dist/aws-oidc.cjs",
    "dist/runtime.yml",
    "dist/doctor-runtime.yml",
    "dist/THIRD-PARTY-LICENSES.txt",
  ])("finds one character that differs in %s, and says how to mend it", (path) => {
    const right = read(path);
    writeFileSync(join(copy.folder, path), spoil(right));
    const { status, stderr } = copy.npmRun("check:dist");
    writeFileSync(join(copy.folder, path), right);
    expect(stderr).toBe(
      `✖ Not what the source gives: ${path}\n  → Run \`npm run build\` and commit the result together with the source.\n`,
    );
    expect(status).toBe(1);
  });
});
