import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findExecutable } from "../../harness/shells.ts";

const SCRIPT = join(import.meta.dirname, "../../../build/ensure-packages.sh");

/** Notes that it ran, and as which process; then installs something as soon as it may. */
const NPM = `#!/bin/sh
echo $$ >> npm-runs
until [ -e may-install ]; do sleep 1; done
mkdir -p node_modules
`;

/** Waits a fifth of a second where the script waits a whole one. */
const SLEEP = `#!/bin/sh\nexec '${findExecutable("sleep")}' 0.2\n`;

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "aws-oidc-install-"));
  mkdirSync(join(project, "bin"));
  mkdirSync(join(project, "build"));
  cpSync(SCRIPT, join(project, "build/ensure-packages.sh"));
  writeFileSync(join(project, "package-lock.json"), "{}\n");
  writeFileSync(join(project, "bin/npm"), NPM, { mode: 0o755 });
  writeFileSync(join(project, "bin/sleep"), SLEEP, { mode: 0o755 });
  symlinkSync(process.execPath, join(project, "bin/node"));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly output: string }>;
}

/** A script of npm's, with the packages' programs first on the path as npm has it. */
function start(): Run {
  const child = spawn("sh", ["-c", ". build/ensure-packages.sh && echo reached"], {
    cwd: project,
    env: {
      PATH: [join(project, "node_modules/.bin"), join(project, "bin"), process.env.PATH].join(delimiter),
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<{ exitCode: number | null; output: string }>((resolve) => {
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
  return { child, ended };
}

function npmRuns(): readonly string[] {
  const file = join(project, "npm-runs");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isLocked(): boolean {
  return lstatSync(join(project, ".npm-install.lock"), { throwIfNoEntry: false }) !== undefined;
}

function allowInstall(): void {
  writeFileSync(join(project, "may-install"), "");
}

it("installs on first use, and not again until the lockfile changes", async () => {
  allowInstall();
  for (const lock of ["{}\n", "{}\n", '{"changed":1}\n']) {
    writeFileSync(join(project, "package-lock.json"), lock);
    expect(await start().ended).toMatchObject({ exitCode: 0, output: expect.stringMatching(/reached\n$/) });
  }
  expect(npmRuns()).toHaveLength(2);
  expect(isLocked()).toBe(false);
});

it("lets the second of two first runs wait for the first", async () => {
  const runs = [start(), start()];
  await expect.poll(npmRuns).toHaveLength(1);
  allowInstall();
  const ended = await Promise.all(runs.map((run) => run.ended));
  expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(npmRuns()).toHaveLength(1);
});

it.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("ends the installation on %s, and leaves no lock", async (signal, code) => {
  const { child, ended } = start();
  await expect.poll(npmRuns).toHaveLength(1);
  child.kill(signal);
  const { exitCode, output } = await ended;
  expect(exitCode).toBe(code);
  expect(output).not.toContain("reached");
  const isThere = (): boolean => isRunning(Number(npmRuns()[0]));
  // A process that was told to end may be there for a moment longer.
  await expect.poll(isThere).toBe(false);
  expect(isLocked()).toBe(false);
  expect(existsSync(join(project, "node_modules/.installed-package-lock.json"))).toBe(false);
});

it("goes past the lock of a run that was killed", async () => {
  const gone = spawn("true");
  await new Promise((resolve) => gone.once("exit", resolve));
  symlinkSync(String(gone.pid), join(project, ".npm-install.lock"));
  allowInstall();
  expect((await start().ended).exitCode).toBe(0);
});

it("lets one of many go past it", async () => {
  symlinkSync("999999999", join(project, ".npm-install.lock"));
  const runs = Array.from({ length: 6 }, start);
  await expect.poll(npmRuns).toHaveLength(1);
  allowInstall();
  const ended = await Promise.all(runs.map((run) => run.ended));
  expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array(6).fill(0));
  expect(npmRuns()).toHaveLength(1);
});

it("says so where it cannot be made", async () => {
  writeFileSync(join(project, ".npm-install.lock"), "");
  const { exitCode, output } = await start().ended;
  expect(exitCode).toBe(1);
  expect(output).toMatch(/^The packages cannot be installed: \.npm-install\.lock cannot be created in /m);
});

it("passes on that npm failed, and tries again the next time", async () => {
  writeFileSync(join(project, "bin/npm"), "#!/bin/sh\necho $$ >> npm-runs; exit 3\n", { mode: 0o755 });
  for (const runs of [1, 2]) {
    expect((await start().ended).exitCode).toBe(3);
    expect(npmRuns()).toHaveLength(runs);
  }
});

function installNode(folder: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, "node"), { force: true });
  writeFileSync(join(folder, "node"), script, { mode: 0o755 });
}

it("says in a sentence what is missing where no Node can run the tools", async () => {
  allowInstall();
  const old = 'Object.defineProperty(process, "versions", { value: { node: "20.20.2" } });';
  writeFileSync(join(project, "old.cjs"), old);
  const node = `#!/bin/sh\n[ "$1" != --version ] || { echo v20.20.2; exit; }\nexec '${process.execPath}' -r ./old.cjs "$@"\n`;
  installNode(join(project, "bin"), node);
  const { exitCode, output } = await start().ended;
  expect(exitCode).toBe(1);
  expect(output).toMatch(
    /^The tools of this project need Node 22\.18 or later .*; found v20\.20\.2\. Install Node 24/m,
  );
  expect(output).not.toContain("reached");
});

it("uses the machine's own Node where that of the packages does not run, as on Alpine", async () => {
  allowInstall();
  expect((await start().ended).exitCode).toBe(0);
  installNode(join(project, "node_modules/.bin"), "#!/no/such/loader\n");
  expect(await start().ended).toMatchObject({ exitCode: 0, output: "reached\n" });
});
