import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { startWorld, type World } from "../fakes/world.ts";
import { findSecrets } from "../harness/secret-search.ts";
import { findShells, type Shell } from "../harness/shells.ts";

const found = findShells();

/** The script entry of the hidden job, as a YAML parser gives it. */
function readEntry(): string {
  const runtime = parse(readFileSync(join(import.meta.dirname, "../../dist/runtime.yml"), "utf8"));
  const [job] = Object.values<{ readonly script: readonly string[] }>(runtime);
  return job?.script[0] ?? "";
}

const ENTRY = readEntry();
const [, HEAD = "", TERMINATOR = "", BLOB = ""] = ENTRY.match(/^([\s\S]*?<<'(\w+)'\n)([\s\S]*?)\2\n$/) ?? [];

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

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** How a runner has an entry evaluated without input of its own: as of version 19.1, and before. */
const EVALUATIONS: Readonly<Record<string, (quotedEntry: string) => string>> = {
  "a runner": (entry) => `(trap 'exit 1' TERM; eval ${entry}) < /dev/null`,
  "an older runner": (entry) => `: | eval ${entry}`,
};

/**
 * What a runner feeds to the shell of a container.
 *
 * @see https://gitlab.com/gitlab-org/gitlab-runner/-/blob/main/shells/bash.go
 */
function asRunner(entry: string, evaluate = EVALUATIONS["a runner"]): string {
  return [
    `case "$(set -o)" in *pipefail*) set -o pipefail;; esac; set -o errexit; set +o noclobber`,
    evaluate?.(quote(entry)),
    "exit 0\n",
  ].join("\n");
}

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
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface ShellRun {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs a shell in an empty folder, with nothing but Node on its path, or nothing at all. */
function runShell(
  { command: [program, ...argv] }: Shell,
  script: { readonly argv?: readonly string[]; readonly input?: string; readonly hasNode?: false },
): Promise<ShellRun> {
  if (script.hasNode !== false) symlinkSync(process.execPath, join(folder, "path/node"));
  const job = world.environment();
  const child = spawn(program, [...argv, ...(script.argv ?? [])], {
    cwd: join(folder, "job"),
    env: { ...job, PATH: join(folder, "path"), HOME: folder, NO_COLOR: "1" },
  });
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
  expect(statSync(join(folder, "job/aws-oidc.env")).mode & 0o777).toBe(0o600);
}

it("finds the shells that it must have, and says which others are not tried", () => {
  const names = found.map(({ name }) => name);
  const absent = ["bash", "dash", "busybox sh"].filter((name) => !names.includes(name));
  if (absent.length > 0) console.warn(`Not on this machine, so not tried: ${absent.join(", ")}`);
  expect(names).toEqual(expect.arrayContaining((process.env.REQUIRED_SHELLS ?? "bash").split(",")));
});

describe.each(found)("the script entry in $name", (shell) => {
  it.each(Object.entries(EVALUATIONS))("runs as %s feeds it", async (_, evaluate) => {
    expectExchange(await runShell(shell, { input: asRunner(ENTRY, evaluate) }));
  });

  it("runs as the argument of -c", async () => {
    expectExchange(await runShell(shell, { argv: ["-c", ENTRY] }));
  });

  it("runs, if only its terminator is missing, and nothing else that was appended to it", async () => {
    const entry = withBlob(BLOB, "echo appended > appended.txt\n");
    expectExchange(await runShell(shell, { input: asRunner(entry) }));
    expect(readdirSync(join(folder, "job"))).not.toContain("appended.txt");
  });

  it.each(DAMAGES)("refuses to run %s", async (_, entry) => {
    const before = world.sts.requests.length;
    const { exitCode, output } = await runShell(shell, { input: asRunner(entry) });
    expect(output).toMatch(/^aws-oidc: the script of this job is damaged, so nothing of it was run; /m);
    expect(exitCode).toBe(1);
    expect(readdirSync(join(folder, "job"))).toEqual([]);
    expect(world.sts.requests.length).toBe(before);
  });

  it("says so where there is no Node", async () => {
    const { exitCode, output } = await runShell(shell, { input: asRunner(ENTRY), hasNode: false });
    expect(output).toBe(
      "aws-oidc: this image has no Node.js; use one with Node 20 or later (input: image)\n",
    );
    expect(exitCode).toBe(1);
    expect(readdirSync(join(folder, "job"))).toEqual([]);
  });
});
