import { assumeRole } from "./commands/assume-role/assume-role.ts";
import type { CommandLine, ExitCode, Tools } from "./commands/tools.ts";
import { ASSUME_ROLE_INPUTS } from "./config/inputs/assume-role-inputs.ts";
import type { Flags } from "./config/inputs/flags.ts";
import type { CommandName, ReadInput } from "./config/inputs/input.ts";
import { createRawInputs } from "./config/inputs/raw-inputs.ts";
import { knownSecrets } from "./config/known-secrets.ts";
import { AwsOidcError } from "./foundation/errors.ts";
import type { Environment, Host, Network } from "./foundation/ports.ts";
import { createLog, type Log } from "./output/log.ts";
import { createPaint, type Paint } from "./output/paint.ts";
import { createRedactor } from "./output/redactor.ts";
import { renderFailure } from "./output/report.ts";

interface Command {
  /** @returns the exit code: an {@link ExitCode}, or that of a program that the command runs */
  readonly run: (line: CommandLine, tools: Tools) => Promise<number>;
  readonly inputs: readonly ReadInput[];
}

/** The command of every pipeline is always loaded; the others are large and loaded on demand. */
const LOAD: Readonly<Record<CommandName, () => Promise<Command>>> = {
  "assume-role": async () => ({ run: assumeRole, inputs: ASSUME_ROLE_INPUTS }),
  doctor: async () => ({
    run: (await import("./commands/doctor/doctor.ts")).doctor,
    inputs: (await import("./config/inputs/doctor-inputs.ts")).DOCTOR_INPUTS,
  }),
  "trust-policy": async () => ({
    run: (await import("./commands/trust-policy/trust-policy.ts")).trustPolicy,
    inputs: (await import("./config/inputs/inputs.ts")).inputsOf("trust-policy"),
  }),
  migrate: async () => ({
    run: (await import("./commands/migrate/migrate.ts")).migrate,
    inputs: (await import("./config/inputs/inputs.ts")).inputsOf("migrate"),
  }),
  sandbox: async () => ({
    run: (await import("./commands/sandbox/sandbox.ts")).sandbox,
    inputs: (await import("./config/inputs/inputs.ts")).inputsOf("sandbox"),
  }),
};

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(LOAD, word);
}

/** Runs one subcommand and reports how it ended; never ends the process. */
export async function runCli(
  argv: readonly string[],
  host: Host,
  network: Network & Pick<Tools, "connectSts">,
): Promise<number> {
  // New in each run, so nobody can send it.
  const colourMark = `\u001b${host.random()}`;
  const log = createLog(createRedactor(), host, colourMark);
  const paint = createPaint(host.env, colourMark);
  try {
    log.mask(...knownSecrets(host.env));
    return await dispatch(argv, { ...network, host, log, paint });
  } catch (error) {
    return complain(error, { log, paint, env: host.env });
  }
}

async function dispatch(argv: readonly string[], tools: Tools): Promise<number> {
  const [first] = argv;
  // A job passes no flags, so it need not load the code for them.
  if (first !== undefined && argv.length === 1 && isCommand(first)) return runCommand(first, NO_FLAGS, tools);
  const { readCommandLine } = await import("./config/inputs/command-line.ts");
  const { program } = await tools.host.openTerminal();
  const typed = readCommandLine(argv, program, tools.paint);
  if ("command" in typed) return runCommand(typed.command, typed, tools);
  tools.log[typed.by](typed.text);
  return typed.exitCode;
}

const NO_FLAGS = { flags: new Map(), problems: [] };

async function runCommand(command: CommandName, { flags, ...given }: Flags, tools: Tools): Promise<number> {
  const { run, inputs } = await LOAD[command]();
  const isTyped = flags.size + given.problems.length > 0;
  return run({ raw: createRawInputs(flags, tools.host.env, inputs), isTyped, ...given }, tools);
}

function complain(
  error: unknown,
  { log, paint, env }: { readonly log: Log; readonly paint: Paint; readonly env: Environment },
): ExitCode {
  if (env.AWS_OIDC_DEBUG === "true" && error instanceof Error)
    log.complain(`${error.stack ?? error.message}\n`);
  if (error instanceof AwsOidcError) {
    log.complain(
      renderFailure(
        { verdict: error.message, facts: [], causes: [{ reason: error.code, fix: error.hint }] },
        paint,
      ),
    );
    if (error.code === "CANCELLED") return error.cause === "SIGINT" ? 130 : 143;
    return error.code === "CONFIG_INVALID" || error.code === "CREDENTIALS_SHADOWED" ? 2 : 1;
  }
  const message = error instanceof Error ? error.message : String(error);
  const fix = 'Report it with this log; AWS_OIDC_DEBUG: "true" in the job\'s variables adds the stack.';
  log.complain(
    renderFailure(
      { verdict: `Unexpected: ${message}`, facts: [], causes: [{ reason: "This is a bug.", fix }] },
      paint,
    ),
  );
  return 1;
}
