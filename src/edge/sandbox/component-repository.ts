import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AwsOidcError } from "../../foundation/errors.ts";
import { VERSION } from "../../foundation/version.ts";
import { renderRuntime } from "./runtime.ts";
import { readScript } from "./script-parts.ts";

/** The files of the components' project that an include needs, by path. */
export type ComponentFiles = Readonly<Record<string, string>>;

/**
 * Creates the components' files from a script: it contains the templates, and its first part is what their jobs carry.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for anything but the released script
 */
export function renderComponentFiles(script: Buffer): ComponentFiles {
  const parts = readScript(script);
  if (parts === undefined) {
    throw new AwsOidcError("CONFIG_INVALID", "this script carries no components", {
      hint: "Run dist/aws-oidc.cjs, or the aws-oidc.cjs of a release.",
    });
  }
  const { assumeRoleCode, doctorCode, templates } = parts;
  return {
    ...templates,
    "dist/runtime.yml": renderRuntime(assumeRoleCode, { version: VERSION, command: "assume-role" }),
    "dist/doctor-runtime.yml": renderRuntime(doctorCode, { version: VERSION, command: "doctor" }),
  };
}

/**
 * Creates a git repository with the components that the running script carries, and its version as the only tag.
 *
 * @returns its URL
 */
export async function createComponentRepository(folder: string): Promise<string> {
  const files = renderComponentFiles(readFileSync(process.argv[1] ?? ""));
  const path = join(folder, "aws-oidc.git");
  await runGit(["init", "--quiet", "--bare", "--template=", path]);
  // gitlab-ci-local asks for a partial clone.
  await runGit([`--git-dir=${path}`, "config", "uploadpack.allowFilter", "true"]);
  await runGit([`--git-dir=${path}`, "fast-import", "--quiet"], renderImport(files));
  return pathToFileURL(path).href;
}

/** @see https://git-scm.com/docs/git-fast-import */
function renderImport(files: ComponentFiles): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const entries = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  return [
    "commit refs/heads/main\n",
    "committer aws-oidc <aws-oidc@example.com> 0 +0000\n",
    data(`aws-oidc ${VERSION}`),
    ...entries,
    `reset refs/tags/${VERSION}\nfrom refs/heads/main\n`,
  ].join("");
}

function runGit(argv: readonly string[], input = ""): Promise<void> {
  return new Promise((resolve, reject) => {
    const git = spawn("git", argv, { stdio: ["pipe", "ignore", "pipe"] });
    const errors: Buffer[] = [];
    git.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    git.once("error", reject);
    git.once("close", (exitCode) => {
      if (exitCode === 0) resolve();
      else reject(new Error(`git ${argv.join(" ")} failed: ${Buffer.concat(errors).toString()}`));
    });
    // If git ends early, its exit code says why.
    git.stdin.on("error", () => {});
    git.stdin.end(input);
  });
}
