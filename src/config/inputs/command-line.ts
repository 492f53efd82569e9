import type { Problem } from "../../foundation/checked.ts";
import { VERSION } from "../../foundation/version.ts";
import type { Paint } from "../../output/paint.ts";
import { renderProblems } from "../../output/report.ts";
import { renderCompletion, renderCompletionUsage } from "./completion/completion.ts";
import { COMPLETED_SHELLS } from "./completion/words.ts";
import { findMeant } from "./did-you-mean.ts";
import { type Flags, parseFlags } from "./flags.ts";
import type { CommandName } from "./input.ts";
import { COMMANDS, renderCommandUsage, renderUsage } from "./usage.ts";

/** What the user typed, reduced to the command. */
export type Typed =
  /** A command to run, with its flags. */
  | ({ readonly command: CommandName } & Flags)
  /** A text to print; nothing else to do. */
  | { readonly by: "say" | "complain"; readonly text: string; readonly exitCode: 0 | 2 };

/**
 * Reads a command line with more than the name of a command, which is all that a job passes.
 *
 * @param program how the user calls the program, for hints and examples: `node aws-oidc.cjs`
 */
export function readCommandLine(argv: readonly string[], program: string, paint: Paint): Typed {
  const [first, ...rest] = argv;
  if (first === undefined) return { by: "complain", text: renderUsage(VERSION, program), exitCode: 2 };
  if (["--version", "-V", "version"].includes(first)) return answer(`${VERSION}\n`);
  const isAsking = isHelp(first) || first === "help";
  const word = isAsking ? rest[0] : first;
  if (word === undefined) return answer(renderUsage(VERSION, program));
  if (word === "completion") {
    if (isAsking || rest.some(isHelp)) return answer(renderCompletionUsage(program));
    const shell = COMPLETED_SHELLS.find((name) => rest.join(" ") === name);
    if (shell !== undefined) return answer(renderCompletion(shell));
    return { by: "complain", text: renderProblems([unknownShell(rest, program)], paint), exitCode: 2 };
  }
  if (!isCommand(word)) {
    return { by: "complain", text: renderProblems([unknownCommand(word, program)], paint), exitCode: 2 };
  }
  const end = rest.indexOf("--");
  const own = end < 0 ? rest : rest.slice(0, end);
  if (isAsking || own.some(isHelp)) return answer(renderCommandUsage(word, program));
  return { command: word, ...parseFlags(rest, word, program) };
}

function answer(text: string): Typed {
  return { by: "say", text, exitCode: 0 };
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function isCommand(word: string): word is CommandName {
  return COMMANDS.some((name) => name === word);
}

function unknownShell(words: readonly string[], program: string): Problem {
  return {
    subject: "completion",
    found: words.length === 0 ? "no shell" : JSON.stringify(words.join(" ")),
    expected: `one of ${COMPLETED_SHELLS.join(", ")}`,
    fix: `Run \`${program} completion --help\` to see how to use it.`,
  };
}

function unknownCommand(word: string, program: string): Problem {
  const meant = word === "-v" ? "--version" : findMeant(word, [...COMMANDS, "completion", "help", "version"]);
  return {
    subject: "command",
    found: JSON.stringify(word),
    expected: `one of ${[...COMMANDS, "completion"].join(", ")}`,
    fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}Run \`${program} --help\` for the list.`,
  };
}
