import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Workbench } from "../../foundation/workbench.ts";
import { createComponentRepository } from "./component-repository.ts";
import { listenForEnd, runProgram } from "./program.ts";
import { startStandInWorld } from "./stand-in-world.ts";

/** The machine as a {@link Workbench}. */
export function createWorkbench(): Workbench {
  const endings: (() => Promise<void>)[] = [];
  const made: { folder?: Promise<string> } = {};
  // From the start: a signal while the stand-ins start is not sent a second time.
  const end = listenForEnd();
  /** Created at first use, and only for this user. */
  const openFolder = (): Promise<string> => {
    made.folder ??= mkdtemp(join(tmpdir(), "aws-oidc-sandbox-")).then((folder) => {
      endings.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
      return folder;
    });
    return made.folder;
  };
  return {
    git: askGit,
    parseYaml,
    async startStandIns(world) {
      const standIns = await startStandInWorld(world);
      endings.push(standIns.close);
      return standIns;
    },
    provideComponents: async () => createComponentRepository(await openFolder()),
    async writePrivateFile(name, contents) {
      const path = join(await openFolder(), name);
      await writeFile(path, contents, { mode: 0o600 });
      return path;
    },
    runProgram: (argv, env) => runProgram(argv, env, end),
    waitForEnd: async () => {
      await end.signalled;
    },
    async close() {
      await Promise.all(endings.splice(0).map((end) => end()));
    },
  };
}

/**
 * Reads YAML; `!reference` is GitLab's own, and becomes a list.
 *
 * @throws if it is not YAML
 */
export function parseYaml(text: string): unknown {
  return parse(text, { logLevel: "error" });
}

function askGit(argv: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("git", argv, (error, stdout) => resolve(error === null ? stdout.trimEnd() : undefined));
  });
}
