import type { Problem } from "../checked.ts";
import { type CommandName, inputsOf } from "./inputs.ts";
import type { RawInput } from "./raw-inputs.ts";

/** The flags of a command line, by the name of the input, and what is wrong with them. */
export interface Flags {
  readonly flags: ReadonlyMap<string, RawInput>;
  readonly problems: readonly Problem[];
}

/** Reads `--name value` and `--name=value`; a value that starts with `--` needs the second form. */
export function parseFlags(argv: readonly string[], command: CommandName): Flags {
  const options = inputsOf(command).filter(({ reaches }) => reaches !== "job");
  const flags = new Map<string, RawInput>();
  const problems: Problem[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag, name = "", inline] = word.match(/^--([a-z-]+)(?:=([\s\S]*))?$/) ?? [];
    const option = options.find((input) => name === input.name || name === input.alias);
    const isValueNext = flag !== undefined && rest[0]?.startsWith("--") === false;
    const value = inline ?? (isValueNext ? rest.shift() : option?.bareValue);
    if (option !== undefined && value !== undefined)
      flags.set(option.name, { text: value, subject: `--${name}` });
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
