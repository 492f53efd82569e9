import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { findExecutable, type ShellRun } from "./shells.ts";

/** What the AWS CLI runs with: its folder, and the whole environment except for PATH and HOME. */
export interface AwsCliPlace {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The AWS CLI of this machine. */
export interface AwsCli {
  /** Runs one command; one after the other. */
  run(words: readonly string[]): Promise<ShellRun>;
  close(): Promise<void>;
}

/**
 * Does what the program `aws` does, but for any number of commands: it calls the `main` of the AWS CLI. Each line that it
 * reads is the words of a command, each that it prints is what came of it.
 */
const LOOP = `
import contextlib, io, json, sys
from awscli.clidriver import main

def stream():
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)

def text(stream):
    return stream.buffer.getvalue().decode("utf-8")

for line in sys.stdin:
    sys.argv = ["aws", *json.loads(line)]
    stdout, stderr = stream(), stream()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = main()
        except SystemExit as end:
            code = end.code
    run = {"exitCode": code or 0, "stdout": text(stdout), "stderr": text(stderr)}
    print(json.dumps(run), flush=True)
`;

function start(command: readonly [string, ...string[]], { folder, env }: AwsCliPlace) {
  const [program, ...argv] = command;
  const child = spawn(program, argv, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env } });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Omit<ShellRun, "stdout">>((resolve) => {
    child.once("error", ({ message }) => resolve({ exitCode: null, stderr: message }));
    child.once("close", (exitCode) => resolve({ exitCode, stderr }));
  });
  return { child, ended };
}

/** The program `aws`, started for each command. */
function programOf(file: string, place: AwsCliPlace): AwsCli {
  return {
    run: async (words) => {
      const { child, ended } = start([file, ...words], place);
      child.stdin.end();
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      return { ...(await ended), stdout };
    },
    close: async () => undefined,
  };
}

/** The AWS CLI as a package of a Python, loaded once. */
function packageOf(python: string, place: AwsCliPlace): AwsCli {
  const { child, ended } = start([python, "-c", LOOP], place);
  // Writing to a Python that has ended is no failure of its own: what it ended with is told.
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    run: async (words) => {
      child.stdin.write(`${JSON.stringify(words)}\n`);
      const { value, done } = await lines.next();
      return done === true ? { ...(await ended), stdout: "" } : JSON.parse(value);
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Every Python that may have the AWS CLI as a package: the one in the first line of `aws`, and the one of this machine. */
function findPythons(file: string): readonly string[] {
  const [, named] = /^#! *(\/\S*python\S*)\n/.exec(readFileSync(file, "latin1").slice(0, 200)) ?? [];
  return named === undefined ? ["python3"] : [named, "python3"];
}

/**
 * Starts the AWS CLI of this machine. Most of the time of a command is that of loading it, so it is loaded once where a
 * Python has as a package what says of itself the same as the program `aws`; a program without a package, as version 2
 * may be, is started for each command.
 *
 * @throws when there is none
 */
export async function startRealAwsCli(place: AwsCliPlace): Promise<AwsCli> {
  const file = findExecutable("aws");
  if (file === undefined) throw new Error("no AWS CLI");
  const program = programOf(file, place);
  const { stdout: version } = await program.run(["--version"]);
  for (const python of findPythons(file)) {
    const loaded = packageOf(python, place);
    if ((await loaded.run(["--version"])).stdout === version) return loaded;
    await loaded.close();
  }
  return program;
}
