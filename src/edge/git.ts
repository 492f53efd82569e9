import { execFile } from "node:child_process";
import type { Checkout, Environment } from "../foundation/ports.ts";
import { Secret } from "../foundation/secret.ts";

/** Reading a configuration takes milliseconds, unless it includes a file that never ends. */
const LIMIT_MS = 5_000;

/**
 * Asks git about the repository of a folder, by default the working folder. The configuration is not read here,
 * since only git knows worktrees, submodules, included files and `insteadOf`.
 *
 * The folder may be somebody else's: none of these commands runs a program that a repository's configuration names, such as a
 * hook, a pager or a file system monitor, and git itself refuses the repository of another user.
 */
export async function readCheckout(env: Environment, folder = "."): Promise<Checkout> {
  const ask = (...argv: readonly string[]): Promise<Answer> => runGit(argv, env, folder);
  const head = await ask("symbolic-ref", "--quiet", "HEAD");
  if (head.refusal === "dubious ownership") return { kind: "distrusted" };
  if (head.refusal !== undefined) return { kind: "none" };
  const branch = shorten(head.line, "refs/heads/");
  const names = (await ask("remote")).text.split("\n").filter((name) => name !== "");
  const upstream =
    branch === undefined ? undefined : (await ask("config", "--get", `branch.${branch}.remote`)).line;
  const name = [upstream, "origin", ...(names.length === 1 ? names : [])].find(
    (candidate) => candidate !== undefined && names.includes(candidate),
  );
  if (name === undefined)
    return names.length === 0 ? { kind: "without-remote" } : { kind: "ambiguous", names };
  const address = (await ask("remote", "get-url", "--", name)).line;
  if (address === undefined) return { kind: "without-remote" };
  const defaultBranch = (await ask("symbolic-ref", "--quiet", `refs/remotes/${name}/HEAD`)).line;
  return {
    kind: "remote",
    name,
    address: new Secret(address, `address of the git remote ${name}`),
    branch,
    defaultBranch: shorten(defaultBranch, `refs/remotes/${name}/`),
  };
}

function shorten(ref: string | undefined, prefix: string): string | undefined {
  return ref?.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
}

/** What git says. */
export interface Answer {
  readonly text: string;
  /** The first line, if there is one. */
  readonly line: string | undefined;
  /** Why git has not looked at all. */
  readonly refusal: "dubious ownership" | "no repository, or no git" | undefined;
}

/** Asks git one thing about a folder; it has to answer within seconds. */
export function runGit(argv: readonly string[], env: Environment, folder: string): Promise<Answer> {
  // Its messages in English, in which one is looked for.
  const options = { cwd: folder, env: { ...env, LC_ALL: "C" }, timeout: LIMIT_MS };
  return new Promise((resolve) => {
    execFile("git", argv, options, (error, stdout, stderr) => {
      // Exit code 1 is git's answer that it does not exist.
      const isRefused = error !== null && error.code !== 1;
      const [line = ""] = stdout.split("\n");
      resolve({
        text: isRefused ? "" : stdout,
        line: isRefused || line === "" ? undefined : line,
        refusal: !isRefused
          ? undefined
          : stderr.includes("dubious ownership")
            ? "dubious ownership"
            : "no repository, or no git",
      });
    });
  });
}
