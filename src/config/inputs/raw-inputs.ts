import type { Environment } from "../../foundation/ports.ts";
import { type ReadInput, variableName } from "./input.ts";
import type { ScriptInputName } from "./inputs.ts";

/** An input as the user gave it, and its name in messages. */
export interface RawInput {
  /** `undefined`: not given at all; empty text comes from an empty variable. */
  readonly text: string | undefined;
  /** `--role-arn` for a flag, as it was written; otherwise the input: `role-arn`. */
  readonly subject: string;
  /** For a flag that was repeated and opened a section each time. */
  readonly sections?: readonly FlagSection[];
}

/** Flags for one thing of several, such as a role. */
export interface FlagSection {
  /** The flag that opens it, with the name of the thing. */
  readonly opener: RawInput;
  readonly flags: ReadonlyMap<string, RawInput>;
}

export type RawInputs<Name extends string = ScriptInputName> = (name: Name) => RawInput;

/** Looks up inputs of one command: first the flag, then the variable that the template sets, then the default. */
export function createRawInputs(
  flags: ReadonlyMap<string, RawInput>,
  env: Environment,
  inputs: readonly ReadInput[],
): RawInputs<string> {
  return (name) => {
    const flag = flags.get(name);
    if (flag !== undefined) return flag;
    const input = inputs.find((candidate) => candidate.name === name && candidate.reaches !== "job");
    const variable = input?.reaches === "script" ? env[variableName(name)] : undefined;
    const fallback = input?.default === undefined ? variable : String(input.default);
    return { text: variable || fallback, subject: name };
  };
}
