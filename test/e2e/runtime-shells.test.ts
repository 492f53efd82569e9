import { type ChildProcess, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TokenDescription } from "../../stand-ins/gitlab-job.ts";
import { startWorld, type World } from "../fakes/world.ts";
import { RUNNERS, readRuntimeScript, runnerScript, savedByEcho } from "../harness/gitlab-runner.ts";
import { findSecrets } from "../harness/secret-search.ts";
import { findExecutable, findShells, type Shell } from "../harness/shells.ts";

const found = findShells();

const ENTRY = readRuntimeScript();
const [, HEAD = "", TERMINATOR = "", BLOB = ""] =
  ENTRY.match(/^([\s\S]*?<<'(\w+)' \|\| exit \$\?\n)([\s\S]*?)\2\n$/) ?? [];

/** The entry with another blob, or another end. */
function withBlob(blob: string, end = `${TERMINATOR}\n`): string {
  return HEAD + blob + end;
}

/** The blob with another character at an index. */
function altered(index: number): string {
  const at = BLOB[index] === "\n" ? index + 1 : index;
  return `${BLOB.slice(0, at)}${BLOB[at] === "A" ? "B" : "A"}${BLOB.slice(at + 1)}`;
}

const FIRST_HALF = BLOB.slice(0, BLOB.length / 2);

const DAMAGES: readonly (readonly [string, string])[] = [
  ["cut off in the blob", withBlob(FIRST_HALF, "")],
  ["without the second half of the blob", withBlob(`${FIRST_HALF}\n`)],
  ["with the first character of the blob altered", withBlob(altered(0))],
  ["with a character in the middle of the blob altered", withBlob(altered(Math.floor(BLOB.length / 2)))],
  ["with a character of the last bytes of the blob altered", withBlob(altered(BLOB.length - 8))],
  ["with a line of the blob missing", withBlob(BLOB.replace(/\n.*\n/, "\n"))],
  ["with an empty blob", withBlob("")],
];

let world: World;
let folder: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-shell-"));
  mkdirSync(join(folder, "job"));
  mkdirSync(join(folder, "path"));
  symlinkSync(findExecutable("rm") ?? "", join(folder, "path/rm"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface ShellRun {
  readonly exitCode: number | null;
  readonly output: string;
}

interface ShellScript {
  readonly argv?: readonly string[];
  readonly input?: string;
  /** What the image has: the Node that runs this test unless told otherwise. */
  readonly node?: "none" | "old";
  readonly token?: TokenDescription;
  readonly env?: Readonly<Record<string, string>>;
  /** Does something to the job while it runs. */
  readonly during?: (child: ChildProcess) => void;
}

/** A Node of the kind that an image brings: as a program on the path, whose version a module can change. */
function installNode(node: ShellScript["node"]): void {
  const program = join(folder, "path/node");
  rmSync(program, { force: true });
  if (node === undefined) symlinkSync(process.execPath, program);
  if (node !== "old") return;
  const preload = join(folder, "old-node.cjs");
  writeFileSync(
    preload,
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } });',
  );
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' --require '${preload}' "$@"\n`, {
    mode: 0o755,
  });
}

/** Runs a shell in the job's folder, with nothing but `rm` and Node on its path. */
function runShell({ command: [program, ...argv] }: Shell, script: ShellScript): Promise<ShellRun> {
  installNode(script.node);
  const job = { ...world.environment(script.token), ...script.env };
  const child = spawn(program, [...argv, ...(script.argv ?? [])], {
    cwd: join(folder, "job"),
    env: { ...job, PATH: join(folder, "path"), HOME: folder, NO_COLOR: "1" },
    detached: true,
  });
  script.during?.(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  child.stdin.on("error", () => {
    // A shell that refuses the script does not read it to its end.
  });
  child.stdin.end(script.input ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      const leaks = findSecrets(output, [job.GITLAB_OIDC_TOKEN ?? "", ...world.sts.secretsIssued()]);
      if (leaks.length === 0) resolve({ exitCode, output });
      else reject(new Error(`secrets in the output: ${leaks.join("; ")}`));
    });
  });
}

function expectExchange({ exitCode, output }: ShellRun): void {
  expect(output).toContain("✔ arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210");
  expect(exitCode).toBe(0);
  expect(statSync(join(folder, "job/aws-oidc-31337.env")).mode & 0o777).toBe(0o600);
}

it("finds the shells that it must have, and says which others are not tried", () => {
  const names = found.map(({ name }) => name);
  const absent = ["bash", "dash", "busybox sh"].filter((name) => !names.includes(name));
  if (absent.length > 0) console.warn(`Not on this machine, so not tried: ${absent.join(", ")}`);
  expect(names).toEqual(expect.arrayContaining((process.env.REQUIRED_SHELLS ?? "bash").split(",")));
});

describe.each(found)("the script entry in $name", (shell) => {
  it.each(RUNNERS)("runs as %s feeds it", async (runner) => {
    expectExchange(await runShell(shell, { input: runnerScript([ENTRY], shell, runner) }));
  });

  it("runs as a runner on Kubernetes saves it", async () => {
    const file = join(folder, "saved-script");
    expectExchange(await runShell(shell, { input: savedByEcho(runnerScript([ENTRY], shell), shell, file) }));
  });

  it("runs where Node may not make code of texts", async () => {
    const env = { NODE_OPTIONS: "--disallow-code-generation-from-strings" };
    expectExchange(await runShell(shell, { input: runnerScript([ENTRY], shell), env }));
  });

  it("runs as the argument of -c", async () => {
    expectExchange(await runShell(shell, { argv: ["-c", ENTRY] }));
  });

  it("runs, if only its terminator is missing, and nothing else that was appended to it", async () => {
    const entry = withBlob(BLOB, "echo appended > appended.txt\n");
    expectExchange(await runShell(shell, { input: runnerScript([entry], shell) }));
    expect(readdirSync(join(folder, "job"))).not.toContain("appended.txt");
  });

  it.each(DAMAGES)("refuses to run %s", async (_, entry) => {
    const before = world.sts.requests.length;
    const { exitCode, output } = await runShell(shell, { input: runnerScript([entry], shell) });
    expect(output).toMatch(/^aws-oidc: the script of this job is damaged, so none of it ran; /m);
    expect(exitCode).toBe(1);
    expect(readdirSync(join(folder, "job"))).toEqual([]);
    expect(world.sts.requests.length).toBe(before);
  });

  it("says so where there is no Node", async () => {
    const { exitCode, output } = await runShell(shell, {
      input: runnerScript([ENTRY], shell),
      node: "none",
    });
    expect(output).toBe(
      "aws-oidc: this image has no Node.js; use one with Node 20 or later (input: image)\n",
    );
    expect(exitCode).toBe(1);
    expect(readdirSync(join(folder, "job"))).toEqual([]);
  });
});

/** Files of ours in the job's folder: what would be uploaded, and what a later job could read. */
function reports(): readonly string[] {
  return readdirSync(join(folder, "job")).filter((name) => name.includes("aws-oidc"));
}

/** An STS that takes the connection and never answers; whoever connects is killed, with all of its job. */
async function startDeadlySts(): Promise<{
  readonly url: string;
  readonly server: Server;
  kill: () => void;
}> {
  const sts = { url: "", server: createServer(), kill: (): void => {} };
  sts.server.on("connection", (socket) => {
    sts.kill();
    socket.destroy();
  });
  await new Promise<void>((resolve) => sts.server.listen(0, "127.0.0.1", resolve));
  sts.url = `http://127.0.0.1:${(sts.server.address() as AddressInfo).port}`;
  return sts;
}

const FAILURES: readonly (readonly [string, Omit<ShellScript, "input">, number])[] = [
  ["in an image without Node", { node: "none" }, 1],
  ["in an image with an old Node", { node: "old" }, 1],
  ["that AWS refuses", { token: { ref: "feature", jobId: "102" } }, 1],
  ["that is configured wrongly", { env: { AWS_OIDC_ROLE_ARN: "deploy" } }, 2],
];

describe.each(found)("on a runner that keeps its folders, in $name", (shell) => {
  const input = runnerScript([ENTRY], shell, "a runner before 19.1");

  /** What a job of this shell left behind, with what one leaves that is killed. */
  let left: readonly (readonly [name: string, text: string])[];
  beforeEach(async () => {
    left ??= [...(await runAndRead()), [".aws-oidc-31337.env.tmp", "left by a job that was killed"]];
    for (const [name, text] of left) writeFileSync(join(folder, "job", name), text);
  });

  async function runAndRead() {
    expectExchange(await runShell(shell, { input }));
    expect(reports()).toEqual(["aws-oidc-31337.annotations.json", "aws-oidc-31337.env"]);
    return reports().map((name) => [name, readFileSync(join(folder, "job", name), "utf8")] as const);
  }

  it.each(FAILURES)("a job %s leaves nothing to upload or to read", async (_, script, exitCode) => {
    const ended = await runShell(shell, { input, token: { jobId: "102" }, ...script });
    expect(ended.exitCode).toBe(exitCode);
    expect(reports()).toEqual([]);
  });

  it("a job that is killed leaves nothing to upload or to read", async () => {
    const sts = await startDeadlySts();
    const ended = await runShell(shell, {
      input,
      token: { jobId: "102" },
      env: { AWS_OIDC_STS_ENDPOINT: sts.url },
      during: ({ pid }) => {
        sts.kill = () => process.kill(-Number(pid), "SIGKILL");
      },
    });
    sts.server.close();
    expect(ended.exitCode).toBeNull();
    expect(reports()).toEqual([]);
  });

  it("leaves files of the consumer that are only named alike", async () => {
    const names = ["aws-oidc-1-settings.env", "aws-oidc-123456789012.json", "aws-oidc.env"];
    for (const name of names) writeFileSync(join(folder, "job", name), "");
    expect((await runShell(shell, { input, node: "none" })).exitCode).toBe(1);
    expect(reports()).toEqual(names);
  });

  it("a job that cannot remove what others left says so, and goes on", async () => {
    mkdirSync(join(folder, "job/aws-oidc-1.env"));
    const ended = await runShell(shell, { input, token: { jobId: "102" } });
    expect(ended.output).toContain(
      "aws-oidc: aws-oidc-1.env, a report of an earlier job, could not be removed",
    );
    expect(ended.exitCode).toBe(0);
    expect(reports()).toEqual(["aws-oidc-1.env", "aws-oidc-102.annotations.json", "aws-oidc-102.env"]);
  });
});

it.each(RUNNERS)("wrong configuration arrives as exit code 2 in every shell, by %s", async (runner) => {
  for (const shell of found) {
    const { exitCode } = await runShell(shell, {
      input: runnerScript([ENTRY], shell, runner),
      env: { AWS_OIDC_ROLE_ARN: "" },
    });
    expect(exitCode, shell.name).toBe(2);
  }
});
