import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files of one folder, by name. */
type Files = Readonly<Record<string, string>>;

/**
 * Lets `git apply` put a patch into files.
 *
 * @throws with what git says of a patch that does not fit
 */
export async function applyPatches(files: Files, patch: string): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), "aws-oidc-patch-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await runGitApply(folder, patch);
    const read = Object.keys(files).map(async (name) => [name, await readFile(join(folder, name), "utf8")]);
    return Object.fromEntries(await Promise.all(read));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same for one `.gitlab-ci.yml`. */
export async function applyPatch(text: string, patch: string): Promise<string> {
  const { ".gitlab-ci.yml": patched = "" } = await applyPatches({ ".gitlab-ci.yml": text }, patch);
  return patched;
}

function runGitApply(folder: string, patch: string): Promise<void> {
  const env = {
    ...process.env,
    GIT_CEILING_DIRECTORIES: tmpdir(),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  return new Promise((resolve, reject) => {
    const argv = ["apply", "--whitespace=nowarn"];
    const git = execFile("git", argv, { cwd: folder, env }, (error) =>
      error === null ? resolve() : reject(error),
    );
    git.stdin?.end(patch);
  });
}
