import { assumeRole } from "./commands/assume-role/assume-role.ts";
import type { CommandLine, ExitCode, Tools } from "./commands/tools.ts";
import { ASSUME_ROLE_INPUTS } from "./config/inputs/assume-role-inputs.ts";
import type { Flags } from "./config/inputs/flags.ts";
import type { CommandName, ReadInput } from "./config/inputs/input.ts";
import { createRawInputs } from "./config/inputs/raw-inputs.ts";
import { knownSecrets } from "./config/known-secrets.ts";
import type { Problem } from "./foundation/checked.ts";
import { AwsOidcError } from "./foundation/errors.ts";
import type { Environment, Host, Network } from "./foundation/ports.ts";
import { VERSION } from "./foundation/version.ts";
import { createLog, type Log } from "./output/log.ts";
import { createPaint, type Paint } from "./output/paint.ts";
import { createRedactor } from "./output/redactor.ts";
import { renderFailure, renderProblems } from "./output/report.ts";

interface Command {
  readonly run: (line: CommandLine, tools: Tools) => Promise<ExitCode>;
  readonly inputs: readonly ReadInput[];
}

/** The command of every pipeline is at hand; the others, which are large, are loaded when they are asked for. */
const LOAD: Readonly<Record<CommandName, () => Promise<Command>>> = {
  "assume-role": async () => ({ run: assumeRole, inputs: ASSUME_ROLE_INPUTS }),
  doctor: async () => ({
    run: (await import("./commands/doctor/doctor.ts")).doctor,
    inputs: await loadInputs("doctor"),
  }),
  "trust-policy": async () => ({
    run: (await import("./commands/trust-policy/trust-policy.ts")).trustPolicy,
    inputs: await loadInputs("trust-policy"),
  }),
};

async function loadInputs(command: CommandName): Promise<readonly ReadInput[]> {
  return (await import("./config/inputs/inputs.ts")).inputsOf(command);
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(LOAD, word);
}

/** Runs one subcommand and reports how it ended; never ends the process. */
export async function runCli(
  argv: readonly string[],
  host: Host,
  network: Network & Pick<Tools, "connectSts">,
): Promise<ExitCode> {
  // Drawn anew in each run, so that nobody can send it.
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

async function dispatch(argv: readonly string[], tools: Tools): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === "--version") return show(`${VERSION}\n`, tools);
  if (first === "--help" || first === "-h" || first === "help") {
    const { renderUsage } = await import("./config/inputs/usage.ts");
    return show(renderUsage(VERSION), tools);
  }
  if (first === undefined || !isCommand(first)) {
    const found = first === undefined ? "no command" : JSON.stringify(first);
    const expected = `one of ${Object.keys(LOAD).join(", ")}`;
    return refuse([{ subject: "command", found, expected, fix: "Run it with --help for the list." }], tools);
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    const { renderCommandUsage } = await import("./config/inputs/usage.ts");
    return show(renderCommandUsage(first), tools);
  }
  const { flags, problems } = await readFlags(rest, first);
  const { run, inputs } = await LOAD[first]();
  return run({ raw: createRawInputs(flags, tools.host.env, inputs), problems }, tools);
}

/** A job gives none, and need not load what knows them. */
async function readFlags(argv: readonly string[], command: CommandName): Promise<Flags> {
  if (argv.length === 0) return { flags: new Map(), problems: [] };
  return (await import("./config/inputs/flags.ts")).parseFlags(argv, command);
}

function show(text: string, { log }: Tools): ExitCode {
  log.say(text);
  return 0;
}

function refuse(problems: readonly Problem[], { log, paint }: Tools): ExitCode {
  log.complain(renderProblems(problems, paint));
  return 2;
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
  const fix = 'Report it with this log; AWS_OIDC_DEBUG: "true" among the job\'s variables adds the stack.';
  log.complain(
    renderFailure(
      { verdict: `Unexpected: ${message}`, facts: [], causes: [{ reason: "This is a bug.", fix }] },
      paint,
    ),
  );
  return 1;
}
