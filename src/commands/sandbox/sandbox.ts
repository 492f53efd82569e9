import { parseSandboxConfig, type SandboxConfig } from "../../config/sandbox-config.ts";
import type { SandboxFlags } from "../../config/sandbox-job-config.ts";
import { type Checked, invalid, type Problem, valid } from "../../foundation/checked.ts";
import type { Environment, Terminal } from "../../foundation/ports.ts";
import { quoteForShell } from "../../foundation/quote.ts";
import { Secret } from "../../foundation/secret.ts";
import { VERSION } from "../../foundation/version.ts";
import type { StandIns, Workbench } from "../../foundation/workbench.ts";
import { decodeIdToken } from "../../gitlab/id-token.ts";
import { parseGitRemote } from "../../gitlab/remote.ts";
import { renderNote, renderProblems } from "../../output/report.ts";
import type { CommandLine, Tools } from "../tools.ts";
import { type Additions, buildAdditions, servedComponents } from "./environment.ts";
import { type Running, renderDecisions, renderStart, startNotes } from "./words.ts";

/**
 * Starts an issuer and an STS on loopback with the user's trust policies, and runs gitlab-ci-local against them, or
 * waits until it is stopped.
 *
 * Its own output goes to standard error: standard output belongs to the program that it runs.
 *
 * @returns the exit code of that program
 */
export async function sandbox(line: CommandLine, tools: Tools): Promise<number> {
  const terminal = await tools.host.openTerminal();
  const workbench = await terminal.openWorkbench();
  try {
    return await runOn(workbench, { line, tools, terminal });
  } finally {
    await workbench.close();
  }
}

interface Call {
  readonly line: CommandLine;
  readonly tools: Tools;
  readonly terminal: Pick<Terminal, "program" | "readSource">;
}

async function runOn(workbench: Workbench, { line, tools, terminal }: Call): Promise<number> {
  const { log, paint, host } = tools;
  const refuse = (problems: readonly Problem[]): number => {
    log.complain(renderProblems(problems, paint, "nothing was started"));
    return 2;
  };
  const config = await configure(workbench, { line, tools, terminal });
  if (!config.ok || line.problems.length > 0)
    return refuse([...line.problems, ...(config.ok ? [] : config.problems)]);
  const started = await start(workbench, config.value);
  if (!started.ok) return refuse(started.problems);
  const running = started.value;
  const repository = running.served.length > 0 ? await workbench.provideComponents() : undefined;
  const additions = buildAdditions(
    config.value,
    { standIns: running.standIns, repository, startedAt: host.clock.now() },
    host.env,
  );
  log.mask(...tokensOf(config.value, additions));
  log.complain(renderStart(running, paint));
  for (const note of startNotes(running, additions.removed)) log.complain(renderNote(note, paint));
  const { operands = [] } = line;
  const exitCode = await (operands.length > 0
    ? workbench.runProgram(operands, environmentWith(additions, host.env))
    : serve(workbench, additions, tools));
  log.complain(`\n${renderDecisions(running, terminal.program, paint)}`);
  return exitCode;
}

function tokensOf({ tokens }: SandboxConfig, { variables }: Additions): readonly Secret[] {
  return [...tokens.keys()].map((name) => new Secret(variables[`GCL_VARIABLE_${name}`] ?? "", "ID token"));
}

async function configure(
  workbench: Workbench,
  { line, tools, terminal }: Call,
): Promise<Checked<SandboxConfig>> {
  const checkout = await readCheckout(workbench);
  if (!checkout.ok) return checkout;
  return parseSandboxConfig(line.raw as SandboxFlags, {
    files: tools.host.files,
    readSource: terminal.readSource,
    checkout: checkout.value,
    parseYaml: workbench.parseYaml,
    pipelinePath: pipelinePathIn(line.operands ?? []),
    program: terminal.program,
  });
}

async function readCheckout({ git }: Workbench) {
  const [folder, branch, sha, url, originHead] = await Promise.all([
    git(["rev-parse", "--show-toplevel"]),
    git(["symbolic-ref", "--short", "--quiet", "HEAD"]),
    git(["rev-parse", "--verify", "--quiet", "HEAD"]),
    git(["remote", "get-url", "origin"]),
    git(["symbolic-ref", "--short", "--quiet", "refs/remotes/origin/HEAD"]),
  ]);
  if (folder === undefined) {
    return invalid({
      subject: "git",
      found: "no repository in this folder",
      expected:
        "the repository of a project: gitlab-ci-local runs what git tracks, for the branch that is checked out",
      fix: "Change to its folder, or create one: git init -b main && git add --all && git commit -m start",
    });
  }
  return valid({
    remote: url === undefined ? undefined : parseGitRemote(url),
    branch,
    defaultBranch: originHead?.replace(/^origin\//, "") ?? "main",
    sha: sha ?? "0".repeat(40),
  });
}

/** As passed to gitlab-ci-local. */
function pipelinePathIn(operands: readonly string[]): string {
  const at = operands.findIndex((word) => /^--file(?:=|$)/.test(word));
  const word = operands[at] ?? "";
  return (
    (word.includes("=") ? word.slice("--file=".length) : operands[at + 1 || operands.length]) ??
    ".gitlab-ci.yml"
  );
}

async function start(workbench: Workbench, config: SandboxConfig): Promise<Checked<Running>> {
  try {
    const standIns = await workbench.startStandIns(config.world);
    const served = servedComponents(config.components, VERSION);
    return valid({ config, standIns, served, version: VERSION, sub: subOf(standIns, config) });
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes(REFUSED_POLICY)) throw error;
    return invalid({
      subject: "--trust-policy",
      found: error.message,
      expected: "a trust policy that IAM accepts",
      fix: "Correct the policy.",
    });
  }
}

/** What the stand-in says of a policy that IAM would not store. */
const REFUSED_POLICY = "IAM refuses this policy";

function subOf(standIns: StandIns, { world }: SandboxConfig): string {
  const token = decodeIdToken(new Secret(standIns.mintToken(world.job.issuer), "ID token"));
  return token.ok ? String(token.value.claims.all.sub) : "";
}

/** The environment that a program gets. */
function environmentWith({ variables, removed }: Additions, env: Environment): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || removed.includes(name) ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), ...variables };
}

/** Writes the variables to a file, because they include ID tokens. */
async function serve(workbench: Workbench, { variables, removed }: Additions, tools: Tools): Promise<number> {
  const lines = [
    ...removed.map((name) => `unset ${name}\n`),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoteForShell(value)}\n`),
  ];
  const path = await workbench.writePrivateFile("environment", lines.join(""));
  tools.log.complain(
    `\nIn this folder, in another terminal:\n\n  (. ${quoteForShell(path)} && gitlab-ci-local)\n\nCtrl+C stops the sandbox and removes the file.\n`,
  );
  await workbench.waitForEnd();
  return 0;
}
