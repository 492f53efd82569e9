import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Lets `git apply` put a patch into files of one folder, and gives the first of them back.
 *
 * @throws with what git says of a patch that does not fit
 */
export async function applyPatch(files: Readonly<Record<string, string>>, patch: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aws-oidc-patch-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await new Promise<void>((resolve, reject) => {
      const env = { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir(), GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
      const git = execFile("git", ["apply", "--whitespace=nowarn"], { cwd: folder, env }, (error) => (error === null ? resolve() : reject(error)));
      git.stdin?.end(patch);
    });
    return await readFile(join(folder, Object.keys(files)[0] ?? ""), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
