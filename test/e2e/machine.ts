import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

const COMMANDS = join(import.meta.dirname, "commands");
const NODE_MODULES = join(import.meta.dirname, "../../node_modules");

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

/** A command that is run by the Node that runs the harness, whichever one is on a job's path. */
async function installCommand(folder: string, name: string): Promise<void> {
  const file = join(folder, name);
  const lines = [
    "#!/bin/sh",
    // It is called several times per job, and parsing takes longer than what it does.
    `export NODE_COMPILE_CACHE='${folder}'`,
    `exec '${process.execPath}' '${join(COMMANDS, `${name}.ts`)}' "$@"`,
  ];
  await writeFile(file, `${lines.join("\n")}\n`);
  await chmod(file, 0o755);
}

/**
 * Sets up a machine with git, bash and Node, and with what else gitlab-ci-local needs: stand-ins for rsync and find come
 * first on its path, so that a pipeline does the same on every computer, one without them included.
 */
export async function createMachine(): Promise<Machine> {
  // Jobs see their folder without symbolic links, and so must whoever compares paths with it.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aws-oidc-pipeline-")));
  const [project, home, temporary, commands] = ["project", "home", "tmp", "bin"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  for (const path of [project, home, temporary, commands]) await mkdir(path);
  for (const name of ["rsync", "find"]) await installCommand(commands, name);
  return {
    folder,
    project,
    env: {
      PATH: [commands, dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      // An image with the AWS SDK, as a consumer would bring it.
      NODE_PATH: NODE_MODULES,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
