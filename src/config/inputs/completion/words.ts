import type { CommandName, Input } from "../input.ts";
import { inputsOf } from "../inputs.ts";
import { COMMANDS, summaryOf } from "../usage.ts";

/** Shells with completion. */
export const COMPLETED_SHELLS = ["bash", "zsh"] as const;

export type CompletedShell = (typeof COMPLETED_SHELLS)[number];

/** Names that the program is called by; a shell looks only at the part after the last slash. */
export const PROGRAMS = "aws-oidc aws-oidc.cjs";

/** Words that are possible instead of a command, and what they do. */
export const OTHER_WORDS = {
  completion: "print the completion script for bash or zsh",
  help: "show the options of a command",
  version: "print the version",
} as const;

/** Every possible first word, and what it does. */
export const FIRST_WORDS: readonly (readonly [word: string, text: string])[] = [
  ...COMMANDS.map((name) => [name, summaryOf(name)] as const),
  ...Object.entries(OTHER_WORDS),
];

/** The flags of a command, in the order of the table. */
export function flagsOf(command: CommandName): readonly Input[] {
  return inputsOf(command).filter(({ reaches }) => reaches !== "job");
}

/** A flag as it is written, under each of its names. */
export function spellingsOf({ name, alias }: Input): readonly string[] {
  return [name, ...(alias === undefined ? [] : [alias])].map((each) => `--${each}`);
}

export function takesFile({ placeholder }: Input): boolean {
  return placeholder === "<path>";
}
