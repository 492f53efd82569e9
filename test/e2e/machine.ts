import { chmod, copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

const COMMANDS = join(import.meta.dirname, "commands");
const NODE_MODULES = join(import.meta.dirname, "../../node_modules");
/** Options of Node for programs that every pipeline runs. */
export const COMPILED_ONCE = ["--require", join(COMMANDS, "compile-cache.cjs")] as const;

/** A throw-away machine that runs the jobs of one pipeline. */
export interface Machine {
  /** Everything of it lies below this folder. */
  readonly folder: string;
  /** Where the consumer's project is checked out. */
  readonly project: string;
  /** The whole environment of its processes: nothing of the user's own gets into a job. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

interface Command {
  readonly name: string;
  /** File in the folder of commands, and the arguments before those of the caller. */
  readonly program: readonly [file: string, ...argv: string[]];
}

/** A command that is run by the Node that runs the harness, whichever one is on a job's path. */
async function installCommand(folder: string, { name, program }: Command): Promise<void> {
  const [file, ...argv] = program;
  const words = [process.execPath, ...COMPILED_ONCE, join(COMMANDS, file), ...argv];
  const lines = ["#!/bin/sh", `exec ${words.map((word) => `'${word}'`).join(" ")} "$@"`];
  await writeFile(join(folder, name), `${lines.join("\n")}\n`);
  await chmod(join(folder, name), 0o755);
}

/**
 * Sets up a machine with git, bash and Node, and with what else gitlab-ci-local needs: stand-ins for rsync and find
 * come first on its path, so that a pipeline does the same on every computer, one without them included.
 *
 * @param probes names of tools that a probe replaces
 */
export async function createMachine(probes: readonly string[] = []): Promise<Machine> {
  // Jobs see their folder without symbolic links, and so must whoever compares paths with it.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aws-oidc-pipeline-")));
  const [project, home, temporary, commands] = ["project", "home", "tmp", "bin"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  for (const path of [project, home, temporary, commands]) await mkdir(path);
  const tools = probes.map((name): Command => ({ name, program: ["probe.ts", name] }));
  for (const name of ["find", "rsync"]) await copyFile(join(COMMANDS, `${name}.sh`), join(commands, name));
  for (const command of tools) await installCommand(commands, command);
  return {
    folder,
    project,
    env: {
      PATH: [commands, dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      // An image with the AWS SDK, as a consumer would bring it.
      NODE_PATH: NODE_MODULES,
      // SDKs without credentials look for them on the network.
      AWS_EC2_METADATA_DISABLED: "true",
      // Nothing is fetched, not even for a component that the project does not have.
      GIT_ALLOW_PROTOCOL: "file",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
