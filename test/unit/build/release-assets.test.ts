import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const PROJECT = [
  "bench/budget.json",
  "build",
  "CHANGELOG.md",
  "dist",
  "docs",
  "package-lock.json",
  "package.json",
  "README.md",
  "src",
  "templates",
  "tsconfig.base.json",
  "tsconfig.json",
] as const;
/** What a build needs besides the packages that ship; the toolchain's Node comes by PATH. */
const TOOLS = ["esbuild", "@esbuild", "yaml"] as const;

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

interface LockedPackage {
  readonly dev?: true;
  readonly optional?: true;
}

/** Copies, since esbuild follows links to where the packages really are. */
function copyPackages(copy: string): void {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const shipped = Object.entries(lock.packages as Readonly<Record<string, LockedPackage>>)
    .filter(([path, { dev, optional }]) => path !== "" && !dev && !optional)
    .map(([path]) => path);
  for (const path of [...shipped, ...TOOLS.map((name) => `node_modules/${name}`)]) {
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  }
  cpSync(join(ROOT, "package-lock.json"), join(copy, "node_modules/.installed-package-lock.json"));
}

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "aws-oidc-release-"));
  for (const path of PROJECT) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  copyPackages(copy);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function npmRun(...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", ...argv], {
    cwd: copy,
    env: { PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), HOME: copy },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const read = (path: string): string => readFileSync(join(copy, "release", path), "utf8");

it("makes the notes and the four assets of the version that was built", () => {
  expect(npmRun("build")).toMatchObject({ status: 0, stderr: "" });
  expect(npmRun("release:assets", "--", version)).toEqual({
    status: 0,
    stdout: `✔ The assets of ${version} are in release/.\n`,
    stderr: "",
  });
  expect(readdirSync(join(copy, "release/assets")).sort()).toEqual([
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
  expect(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8")).toContain(read("notes.md").trim());
});

it.each(["9.9.9", `v${version}`])("refuses the tag %s, which is not the version", (tag) => {
  const { status, stderr } = npmRun("release:assets", "--", tag);
  expect(stderr).toBe(
    `✖ the tag is ${tag}, and package.json says ${version}: tag the commit that raises the version\n`,
  );
  expect(status).toBe(1);
});

it("refuses a script that the source does not give", () => {
  appendFileSync(join(copy, "dist/aws-oidc.cjs"), "//");
  const { status, stderr } = npmRun("release:assets", "--", version);
  expect(stderr).toMatch(/^✖ dist\/aws-oidc\.cjs is not what the source gives: run `npm run build`/);
  expect(status).toBe(1);
});
