import type { Problem } from "../../foundation/checked.ts";
import { VERSION } from "../../foundation/version.ts";
import { findMeant } from "./did-you-mean.ts";
import { type Flags, parseFlags } from "./flags.ts";
import type { CommandName } from "./input.ts";
import { COMMANDS, renderCommandUsage, renderUsage } from "./usage.ts";

/** What somebody typed, as far as the command itself goes. */
export type Typed =
  /** A command to run, with its flags. */
  | ({ readonly kind: "command"; readonly command: CommandName } & Flags)
  /** What was asked for: the version, or a help. */
  | { readonly kind: "answer"; readonly text: string }
  /** No command at all, so that the help takes the place of an answer. */
  | { readonly kind: "nothing"; readonly text: string }
  | { readonly kind: "wrong"; readonly problem: Problem };

/**
 * Reads a command line that is more than the name of a command, which is all that a job gives.
 *
 * @param program how the user calls the program, for hints and examples: `node aws-oidc.cjs`
 */
export function readCommandLine(argv: readonly string[], program: string): Typed {
  const [first, ...rest] = argv;
  if (first === undefined) return { kind: "nothing", text: renderUsage(VERSION, program) };
  if (["--version", "-V", "version"].includes(first)) return { kind: "answer", text: `${VERSION}\n` };
  if (isHelp(first) || first === "help") return helpFor(rest, program);
  if (!isCommand(first)) return { kind: "wrong", problem: unknownCommand(first, program) };
  if (rest.some(isHelp)) return { kind: "answer", text: renderCommandUsage(first, program) };
  return { kind: "command", command: first, ...parseFlags(rest, first, program) };
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function isCommand(word: string): word is CommandName {
  return COMMANDS.some((name) => name === word);
}

/** `help`, or `help doctor`. */
function helpFor([command]: readonly string[], program: string): Typed {
  if (command === undefined) return { kind: "answer", text: renderUsage(VERSION, program) };
  if (isCommand(command)) return { kind: "answer", text: renderCommandUsage(command, program) };
  return { kind: "wrong", problem: unknownCommand(command, program) };
}

function unknownCommand(word: string, program: string): Problem {
  const meant = findMeant(word, [...COMMANDS, "help", "version"]);
  return {
    subject: "command",
    found: JSON.stringify(word),
    expected: `one of ${COMMANDS.join(", ")}`,
    fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}Run \`${program} --help\` for the list.`,
  };
}
