import type { Environment } from "../host.ts";
import { INPUTS, type Input, type ScriptInputName, variableName } from "./inputs.ts";

/** An input as the user gave it, and the name under which he did. */
export interface RawInput {
  /** `undefined`: not given at all; an empty text is one that a variable expanded to. */
  readonly text: string | undefined;
  /** `--role-arn`, `AWS_OIDC_ROLE_ARN` or, for a default, `role-arn`. */
  readonly subject: string;
}

export type RawInputs = (name: ScriptInputName) => RawInput;

/** Looks inputs up: a flag before the variable that the template sets, before the default. */
export function createRawInputs(flags: ReadonlyMap<string, string>, env: Environment): RawInputs {
  return (name) => {
    const flag = flags.get(name);
    if (flag !== undefined) return { text: flag, subject: `--${name}` };
    const variable = env[variableName(name)];
    const fallback = defaultOf(name);
    if (variable === undefined || (variable === "" && fallback !== "")) {
      return { text: fallback ?? variable, subject: name };
    }
    return { text: variable, subject: name };
  };
}

function defaultOf(name: ScriptInputName): string | undefined {
  const input: Input | undefined = INPUTS.find((candidate) => candidate.name === name);
  return input?.default === undefined ? undefined : String(input.default);
}
