import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findExecutable } from "../harness/shells.ts";

const DEMO = join(import.meta.dirname, "../../demo/demo.ts");
const ANSI = "\u001b[";

/** All that the pipeline takes from the machine: `cat` for a job, the last five for gitlab-ci-local and its rsync. */
const PROGRAMS = ["bash", "git", "cat", "cp", "id", "mkdir", "mktemp", "rm"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-test-"));
  for (const name of ["home", "path", "tmp"]) mkdirSync(join(folder, name));
  for (const name of PROGRAMS) symlinkSync(findExecutable(name) ?? "", join(folder, "path", name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Demo {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<{ readonly exitCode: number; readonly output: string }>;
}

/** Starts the demo on a machine with those few programs, a home and a folder for temporary files. */
function startDemo(env: Readonly<Record<string, string>> = {}): Demo {
  const child = spawn(process.execPath, [DEMO], {
    env: { PATH: join(folder, "path"), HOME: join(folder, "home"), TMPDIR: join(folder, "tmp"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = once(child, "close").then(([exitCode]) => ({ exitCode, output }));
  return { child, ended };
}

/** The processes, of any descent, that were started with something of this test's folder in their environment. */
function processesLeft(): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
}

function filesLeft(): readonly string[] {
  return ["home", "tmp"].flatMap((name) => readdirSync(join(folder, name)));
}

function expectNothingLeft() {
  expect(filesLeft()).toEqual([]);
  // A process that was killed may be there for a moment longer.
  return expect.poll(processesLeft).toEqual([]);
}

it("shows a job that acts as the role, on a machine with git, bash and coreutils", async () => {
  const { exitCode, output } = await startDemo().ended;
  expect(output).toMatch(/── Job build passed ─.*── Job assume-role passed ─.*── Job deploy passed ─/s);
  expect(output).toContain(
    "  $ node who-am-i.cjs\n" +
      "  arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-1217-1000\n\n── Result in ",
  );
  expect(output).toMatch(/^✔ The job deploy acts as arn:aws:sts::123456789012:assumed-role\/deploy\//m);
  expect(output).not.toContain(ANSI);
  expect(output).not.toContain("eyJ");
  expect(exitCode).toBe(0);
  await expectNothingLeft();
});

it.each([
  { signal: "SIGINT", code: 130, env: { FORCE_COLOR: "1" }, coloured: true },
  { signal: "SIGTERM", code: 143, env: { FORCE_COLOR: "1", NO_COLOR: "1" }, coloured: false },
] as const)(
  "ends on $signal while jobs run, and leaves neither files nor processes; with $env, coloured: $coloured",
  async ({ signal, code, env, coloured }) => {
    const demo = startDemo(env);
    const log = join(folder, "tmp/*/project/.gitlab-ci-local/output/build.log");
    await expect.poll(() => globSync(log)).toHaveLength(1);
    demo.child.kill(signal);
    // npm hands a signal on that the terminal has sent to all processes already.
    demo.child.kill(signal);
    const { exitCode, output } = await demo.ended;
    expect(output).toMatch(new RegExp(`Ended by ${signal}; nothing is left\\.\\n$`));
    expect(output.includes(ANSI)).toBe(coloured);
    expect(exitCode).toBe(code);
    await expectNothingLeft();
  },
);
