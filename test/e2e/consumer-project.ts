import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import type { Machine } from "./machine.ts";

const ROOT = join(import.meta.dirname, "../..");

const RUNTIMES = ["dist/runtime.yml", "dist/doctor-runtime.yml"];
/** What every consumer's repository begins with, as a template of git: its author and its remote. */
const REPOSITORY = join(import.meta.dirname, "consumer-repository");

/** Files by their path. */
export type Files = Readonly<Record<string, string>>;

/** Reads a folder of the repository, such as the project of the demo. */
export async function readFiles(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      paths.map(async (path) => [relative(folder, path), await readFile(path, "utf8")] as const),
    ),
  );
}

/** Writes files, programs as such. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), contents, { mode: contents.startsWith("#!") ? 0o755 : 0o644 });
  }
}

/** Turns the components that an example or a page names into those of {@link createConsumerProject}. */
export function withLocalComponents(yaml: string): string {
  return yaml.replaceAll(
    /(component: \$CI_SERVER_FQDN\/)<group>\/aws-oidc(\/[\w-]+@)[\w.]+/g,
    "$1$$CI_PROJECT_PATH$2$$CI_COMMIT_SHA",
  );
}

/**
 * Makes the consumer's project: a repository of `acme/shop` on `gitlab.example.com` with the consumer's files and the
 * component as this work tree has it, and a commit with what has changed since.
 *
 * That gitlab-ci-local takes a component from the project itself, at the commit that is checked out, keeps it from fetching
 * anything.
 */
export async function createConsumerProject(
  { project: cwd, env }: Machine,
  { files, changes }: { readonly files: Files; readonly changes?: Files | undefined },
): Promise<void> {
  const git = (...argv: readonly string[]) => promisify(execFile)("git", argv, { cwd, env });
  const commit = async (message: string, contents: Files) => {
    await writeFiles(cwd, contents);
    await git("add", "--all");
    await git("commit", "--quiet", "--message", message);
  };
  await cp(join(ROOT, "templates"), join(cwd, "templates"), { recursive: true });
  // Of what is built, the templates include these alone.
  for (const runtime of RUNTIMES) await cp(join(ROOT, runtime), join(cwd, runtime));
  await git("-c", "init.defaultBranch=main", "init", "--quiet", `--template=${REPOSITORY}`);
  await commit("Deploy the shop", files);
  if (changes === undefined) return;
  await git("update-ref", "refs/remotes/origin/main", "HEAD");
  await commit("Change the shop", changes);
}
