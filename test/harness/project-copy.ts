import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** The project that is tested. */
export const PROJECT_ROOT = join(import.meta.dirname, "../..");

/** All that the build reads and writes. */
const PROJECT = [
  "bench/budget.json",
  "build",
  "CHANGELOG.md",
  "dist",
  "docs",
  "examples/pipelines",
  "LICENSE",
  "package-lock.json",
  "package.json",
  "playground",
  "README.md",
  "src",
  "stand-ins",
  "templates",
  "tsconfig.base.json",
  "tsconfig.json",
] as const;

/** What a build needs besides the packages that ship; the toolchain's Node comes by PATH. */
const TOOLS = ["esbuild", "@esbuild", "yaml", "preact", "@preact"] as const;

/** The project in a folder of its own, so that it can be built, and spoilt. */
export interface ProjectCopy {
  readonly folder: string;
  npmRun(...argv: readonly string[]): {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  };
  remove(): void;
}

interface LockedPackage {
  readonly dev?: true;
  readonly optional?: true;
}

export function copyProject(): ProjectCopy {
  const folder = mkdtempSync(join(tmpdir(), "aws-oidc-project-"));
  for (const path of PROJECT) cpSync(join(PROJECT_ROOT, path), join(folder, path), { recursive: true });
  copyPackages(folder);
  return {
    folder,
    npmRun(...argv) {
      const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", ...argv], {
        cwd: folder,
        env: { PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), HOME: folder },
        encoding: "utf8",
      });
      return { status, stdout, stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Copies, since esbuild follows links to where the packages really are. */
function copyPackages(folder: string): void {
  const lock = JSON.parse(readFileSync(join(PROJECT_ROOT, "package-lock.json"), "utf8"));
  const shipped = Object.entries(lock.packages as Readonly<Record<string, LockedPackage>>)
    .filter(([path, { dev, optional }]) => path !== "" && !dev && !optional)
    .map(([path]) => path);
  for (const path of [...shipped, ...TOOLS.map((name) => `node_modules/${name}`)]) {
    cpSync(join(PROJECT_ROOT, path), join(folder, path), { recursive: true });
  }
  const installed = "node_modules/.installed-package-lock.json";
  cpSync(join(PROJECT_ROOT, "package-lock.json"), join(folder, installed));
}
