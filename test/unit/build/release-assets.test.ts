import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { copyProject, PROJECT_ROOT, type ProjectCopy } from "../../harness/project-copy.ts";

const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8"));

let copy: ProjectCopy;
beforeAll(() => {
  copy = copyProject();
});
afterAll(() => copy.remove());

const read = (path: string): string => readFileSync(join(copy.folder, "release", path), "utf8");

it("makes the notes and the four assets of the version that was built", () => {
  expect(copy.npmRun("build")).toMatchObject({ status: 0, stderr: "" });
  expect(copy.npmRun("release:assets", "--", version)).toEqual({
    status: 0,
    stdout: `✔ The assets of ${version} are in release/.\n`,
    stderr: "",
  });
  expect(readdirSync(join(copy.folder, "release/assets")).sort()).toEqual([
    "THIRD-PARTY-LICENSES.txt",
    "aws-oidc.cjs",
    "aws-oidc.cjs.sha256",
    "sbom.cdx.json",
  ]);
  const sha256 = createHash("sha256").update(read("assets/aws-oidc.cjs")).digest("hex");
  expect(read("assets/aws-oidc.cjs.sha256")).toBe(`${sha256}  aws-oidc.cjs\n`);
  expect(JSON.parse(read("assets/sbom.cdx.json")).metadata.component).toMatchObject({
    version,
    hashes: [{ alg: "SHA-256", content: sha256 }],
  });
  expect(read("assets/THIRD-PARTY-LICENSES.txt")).toContain("@aws-sdk/client-sts");
  expect(readFileSync(join(PROJECT_ROOT, "CHANGELOG.md"), "utf8")).toContain(read("notes.md").trim());
});

it.each(["9.9.9", `v${version}`])("refuses the tag %s, which is not the version", (tag) => {
  const { status, stderr } = copy.npmRun("release:assets", "--", tag);
  expect(stderr).toBe(
    `✖ the tag is ${tag}, and package.json says ${version}: tag the commit that raises the version\n`,
  );
  expect(status).toBe(1);
});

it("refuses a script that the source does not give", () => {
  appendFileSync(join(copy.folder, "dist/aws-oidc.cjs"), "//");
  const { status, stderr } = copy.npmRun("release:assets", "--", version);
  expect(stderr).toMatch(/^✖ dist\/aws-oidc\.cjs is not what the source gives: run `npm run build`/);
  expect(status).toBe(1);
});
