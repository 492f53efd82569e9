import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { assertDoctorJson } from "./doctor-schema.ts";
import { createSecretSearch } from "./secret-search.ts";

export interface ScriptOptions {
  /** `["assume-role"]` unless given. */
  readonly argv?: readonly string[];
  /** The whole environment, except for PATH, HOME and NO_COLOR. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Secrets to search the output for, asked for when the run has ended. */
  readonly secrets?: () => readonly string[];
  /** An existing folder to run in, which is left alone; a new one, removed afterwards, unless given. */
  readonly folder?: string;
  /** Does something to the folder before the run. */
  readonly prepare?: (folder: string) => void;
  /** Does something to the process while it runs. */
  readonly during?: (child: ChildProcess, folder: string) => void | Promise<void>;
  /** Looks at the folder after the run, before it is removed. */
  readonly after?: (folder: string) => void;
  /** Program and arguments that run the script, `node` alone unless given. */
  readonly node?: readonly [string, ...string[]];
  /** File of the script; the bundle unless given. */
  readonly script?: string;
}

export interface ScriptRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Names of the files in the working folder afterwards. */
  readonly files: readonly string[];
  readonly report: DotenvReport | undefined;
  readonly elapsedMs: number;
}

export interface DotenvReport {
  readonly text: string;
  readonly mode: string;
  readonly variables: Readonly<Record<string, string>>;
}

const REPORT = "aws-oidc-31337.env";

/**
 * Runs the bundle as a process of its own, in an empty folder, with nothing but the given environment. For `assume-role`
 * and `doctor` without flags, which is what jobs run, it is the part that those carry.
 *
 * @throws when a secret is found in what it printed, or in a file other than the report, and when JSON of the doctor is not
 * what its schema says
 */
export async function runScript(options: ScriptOptions = {}): Promise<ScriptRun> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "aws-oidc-run-"));
  try {
    options.prepare?.(folder);
    const ended = await spawnScript(folder, options);
    options.after?.(folder);
    const run = { ...ended, files: filesOf(folder), report: readReport(join(folder, REPORT)) };
    assertDoctorJson(options.argv ?? [], run.stdout);
    assertNoSecrets(run, folder, options.secrets?.() ?? []);
    return run;
  } finally {
    if (options.folder === undefined) removeFolder(folder);
  }
}

/** Also one that a test has closed to its own user. */
function removeFolder(folder: string): void {
  if (existsSync(folder)) chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
}

/** What jobs run is what those carry; the command line has the whole. */
function carriedBy(argv: readonly string[]): "assumeRoleBundle" | "doctorBundle" | "bundle" {
  if (argv.join(" ") === "assume-role") return "assumeRoleBundle";
  return argv.join(" ") === "doctor" ? "doctorBundle" : "bundle";
}

async function spawnScript(
  folder: string,
  { argv = ["assume-role"], env = {}, during, node = [process.execPath], ...options }: ScriptOptions,
): Promise<Omit<ScriptRun, "files" | "report">> {
  const [program, ...leading] = node;
  const started = performance.now();
  const script = options.script ?? inject(carriedBy(argv));
  const child = spawn(program, [...leading, script, ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      chunks[name] += text;
    });
  }
  const ended = new Promise<Pick<ScriptRun, "exitCode" | "signal">>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  await during?.(child, folder);
  return { ...(await ended), ...chunks, elapsedMs: performance.now() - started };
}

function filesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function readReport(path: string): DotenvReport | undefined {
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  const text = readFileSync(path, "utf8");
  const lines = text.trimEnd().split("\n");
  const variables = lines.map((line): [string, string] => {
    const equals = line.indexOf("=");
    return [line.slice(0, equals), line.slice(equals + 1)];
  });
  return { text, mode: (statSync(path).mode & 0o777).toString(8), variables: Object.fromEntries(variables) };
}

function assertNoSecrets(run: ScriptRun, folder: string, secrets: readonly string[]): void {
  const others = run.files.filter((name) => name !== REPORT && statSync(join(folder, name)).isFile());
  const printed = { stdout: run.stdout, stderr: run.stderr };
  const texts = [
    ...Object.entries(printed),
    ...others.map((name) => [name, readFileSync(join(folder, name), "utf8")] as const),
  ];
  const search = createSecretSearch(secrets);
  const found = texts.flatMap(([where, text]) => search(text).map((what) => `${where}: ${what}`));
  if (found.length > 0) throw new Error(`secrets were printed: ${found.join("; ")}`);
}
