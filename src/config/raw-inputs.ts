import type { Environment } from "../host.ts";
import { INPUTS, type Input, type ScriptInputName, variableName } from "./inputs.ts";

/** An input as the user gave it, and how to name it to him. */
export interface RawInput {
  /** `undefined`: not given at all; an empty text is one that a variable expanded to. */
  readonly text: string | undefined;
  /** `--role-arn` for a flag, otherwise the input: `role-arn`. */
  readonly subject: string;
}

export type RawInputs = (name: ScriptInputName) => RawInput;

/** Looks inputs up: a flag before the variable that the template sets, before the default. */
export function createRawInputs(flags: ReadonlyMap<string, string>, env: Environment): RawInputs {
  return (name) => {
    const flag = flags.get(name);
    if (flag !== undefined) return { text: flag, subject: `--${name}` };
    const variable = env[variableName(name)];
    return { text: variable || (defaultOf(name) ?? variable), subject: name };
  };
}

function defaultOf(name: ScriptInputName): string | undefined {
  const input: Input | undefined = INPUTS.find((candidate) => candidate.name === name);
  return input?.default === undefined ? undefined : String(input.default);
}
