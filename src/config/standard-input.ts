import { type Checked, invalid, type Problem, valid } from "../foundation/checked.ts";
import { AwsOidcError } from "../foundation/errors.ts";
import { platformCode } from "../foundation/platform-message.ts";
import { type Terminal, TimeLimitError, UnsuitableFileError } from "../foundation/ports.ts";
import type { RawInputs } from "./inputs/raw-inputs.ts";

/** Stands for standard input where a flag takes a path. */
export const INPUT_PATH = "-";

/** Flags of the doctor that can read it. */
const INPUT_FLAGS = ["trust-policy-file", "claims", "explain"] as const;

/**
 * Reads standard input if a flag asks for it.
 *
 * @throws {AwsOidcError} `CANCELLED`
 */
export async function readGivenInput(
  raw: RawInputs,
  terminal: Terminal,
): Promise<Checked<string | undefined>> {
  const asking = INPUT_FLAGS.map(raw).filter(({ text }) => text === INPUT_PATH);
  const [asked, ...others] = asking;
  if (asked === undefined) return valid(undefined);
  if (others.length > 0) {
    return invalid({
      subject: asking.map(({ subject }) => subject).join(", "),
      found: `${INPUT_PATH} given ${asking.length} times`,
      expected: "one flag that reads standard input",
      fix: "Put the others into files.",
    });
  }
  try {
    const text = await terminal.readInput();
    return text.trim() === "" ? invalid(emptyInput(asked.subject)) : valid(text);
  } catch (error) {
    if (error instanceof AwsOidcError) throw error;
    return invalid(unreadableInput(asked.subject, error, terminal));
  }
}

function emptyInput(subject: string): Problem {
  return {
    subject,
    found: "nothing came on standard input",
    expected: "the output of the command before the `|`",
    fix: "Run that command alone: it has most likely failed, and says why.",
  };
}

function unreadableInput(subject: string, error: unknown, { program }: Terminal): Problem {
  return {
    subject,
    found: describe(error),
    expected: "at most 64 KiB from another command or from a file",
    fix: `Run: <command> | ${program} doctor ${subject} -, or use the path of a file instead of the -.`,
  };
}

function describe(error: unknown): string {
  if (error instanceof TimeLimitError) return "standard input did not end within 10 minutes";
  if (error instanceof UnsuitableFileError) return `standard input is ${error.code}`;
  return `standard input cannot be read (${platformCode(error)})`;
}
