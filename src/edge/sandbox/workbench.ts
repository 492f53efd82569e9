import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Environment } from "../../foundation/ports.ts";
import type { Workbench } from "../../foundation/workbench.ts";
import { runGit } from "../git.ts";
import { createComponentRepository } from "./component-repository.ts";
import { exitCodeFor, runProgram, watchForEnd } from "./program.ts";
import { startStandInWorld } from "./stand-in-world.ts";

/** The machine as a {@link Workbench}. */
export function createWorkbench(env: Environment): Workbench {
  const watch = watchForEnd();
  const endings: (() => Promise<void>)[] = [];
  const made: { folder?: Promise<string> } = {};
  /** Created at first use, and only for this user. */
  const openFolder = (): Promise<string> => {
    made.folder ??= mkdtemp(join(tmpdir(), "aws-oidc-sandbox-")).then((folder) => {
      endings.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
      return folder;
    });
    return made.folder;
  };
  return {
    git: async (argv) => (await runGit(argv, env, ".")).line,
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
    async runProgram(argv, env) {
      const signal = watch.signal();
      return signal === undefined ? runProgram(argv, env) : exitCodeFor(signal);
    },
    waitForEnd: () => watch.ended,
    async close() {
      await Promise.all(endings.splice(0).map((end) => end()));
    },
  };
}

/**
 * Reads a pipeline: of several documents the last, since the first is its header. `!reference` is GitLab's own, and
 * becomes a list.
 *
 * @throws if it is not YAML
 */
export function parseYaml(text: string): unknown {
  const documents = [...parseAllDocuments(text, { logLevel: "error" })];
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error !== undefined) throw error;
  return documents.findLast(({ contents }) => contents !== null)?.toJS() ?? null;
}
