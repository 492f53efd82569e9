import type { Problem } from "./checked.ts";
import { assumeRole } from "./commands/assume-role.ts";
import type { CommandLine, ExitCode, Network, Tools } from "./commands/tools.ts";
import { type CommandName, inputsOf } from "./config/inputs.ts";
import { knownSecrets } from "./config/known-secrets.ts";
import { createRawInputs } from "./config/raw-inputs.ts";
import { COMMANDS, renderCommandUsage, renderUsage } from "./config/usage.ts";
import { AwsOidcError } from "./errors.ts";
import type { Environment, Host } from "./host.ts";
import { createLog, type Log } from "./output/log.ts";
import { createPaint, type Paint } from "./output/paint.ts";
import { createRedactor } from "./output/redactor.ts";
import { renderFailure, renderProblems } from "./output/report.ts";
import { VERSION } from "./version.ts";

type Command = (line: CommandLine, tools: Tools) => Promise<ExitCode>;

/** The command of every pipeline is at hand; the others, which are large, are loaded when they are asked for. */
const LOAD: Readonly<Record<CommandName, () => Promise<Command>>> = {
  "assume-role": async () => assumeRole,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  "trust-policy": async () => (await import("./commands/trust-policy.ts")).trustPolicy,
};

/** Runs one subcommand and reports how it ended; never ends the process. */
export async function runCli(argv: readonly string[], host: Host, network: Network): Promise<ExitCode> {
  const log = createLog(createRedactor(), host);
  const paint = createPaint(host.env);
  try {
    log.mask(...knownSecrets(host.env));
    return await dispatch(argv, { ...network, host, log, paint });
  } catch (error) {
    return complain(error, { log, paint, env: host.env });
  }
}

async function dispatch(argv: readonly string[], tools: Tools): Promise<ExitCode> {
  const [first, ...rest] = argv;
  const command = COMMANDS.find(({ name }) => name === first);
  if (first === "--version") return show(`${VERSION}\n`, tools);
  if (first === "--help" || first === "-h" || first === "help") return show(renderUsage(VERSION), tools);
  if (command === undefined) {
    const found = first === undefined ? "no command" : JSON.stringify(first);
    const expected = `one of ${COMMANDS.map(({ name }) => name).join(", ")}`;
    return refuse([{ subject: "command", found, expected, fix: "Run it with --help for the list." }], tools);
  }
  if (rest.includes("--help") || rest.includes("-h")) return show(renderCommandUsage(command), tools);
  const { flags, problems } = parseFlags(rest, command.name);
  const run = await LOAD[command.name]();
  return run({ raw: createRawInputs(flags, tools.host.env, inputsOf(command.name)), problems }, tools);
}

function show(text: string, { log }: Tools): ExitCode {
  log.say(text);
  return 0;
}

function refuse(problems: readonly Problem[], { log, paint }: Tools): ExitCode {
  log.complain(renderProblems(problems, paint));
  return 2;
}

/** Reads `--name value` and `--name=value`; a value that starts with `--` needs the second form. */
function parseFlags(
  argv: readonly string[],
  command: CommandName,
): { readonly flags: ReadonlyMap<string, string>; readonly problems: readonly Problem[] } {
  const options = inputsOf(command).filter(({ reaches }) => reaches !== "job");
  const flags = new Map<string, string>();
  const problems: Problem[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag, name = "", inline] = word.match(/^--([a-z-]+)(?:=([\s\S]*))?$/) ?? [];
    const option = options.find((input) => name === input.name || name === input.alias);
    const isValueNext = flag !== undefined && rest[0]?.startsWith("--") === false;
    const value = inline ?? (isValueNext ? rest.shift() : option?.bareValue);
    if (option !== undefined && value !== undefined) flags.set(option.name, value);
    else problems.push(flagProblem(word, option !== undefined, command));
  }
  return { flags, problems };
}

function flagProblem(word: string, known: boolean, command: CommandName): Problem {
  return {
    subject: word.replace(/=[\s\S]*/, ""),
    found: known ? "no value" : "not an option of this command",
    expected: known ? "a value behind it" : `an option of ${command}`,
    fix: `Run \`${command} --help\` for the list.`,
  };
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
