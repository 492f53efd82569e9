import { type Checked, invalid, valid } from "../foundation/checked.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";
import { splitList } from "./inputs/scalars.ts";
import { TRUST_POLICY_INPUTS, type TrustPolicyInputName } from "./inputs/trust-policy-inputs.ts";

/** The flags as they were given. */
export type TrustPolicyFlags = RawInputs<TrustPolicyInputName>;

function isSwitch(name: TrustPolicyInputName): boolean {
  return TRUST_POLICY_INPUTS.some(
    (input) => input.name === name && "value" in input && input.value === "none",
  );
}

/** Whether a flag has an effect; `false` turns off a switch. */
export function isGiven(flags: TrustPolicyFlags, name: TrustPolicyInputName): boolean {
  const { text } = flags(name);
  return Boolean(text) && !(text === "false" && isSwitch(name));
}

/** Whether a flag is on the command line, even with an empty value. */
export function isWritten({ subject }: RawInput): boolean {
  return subject.startsWith("--");
}

/** The problem of a value that is not as expected. */
export function refuse({ text, subject }: RawInput, expected: string, fix: string): Checked<never> {
  return invalid({ subject, found: JSON.stringify(text), expected, fix });
}

/** An unset variable must not make the policy wider: an empty value is a problem, not an omitted flag. */
export function checkFlagValues(flags: TrustPolicyFlags): Checked<undefined> {
  const problems = TRUST_POLICY_INPUTS.flatMap(({ name }) => {
    const { text = "", subject } = flags(name);
    const isValue = isSwitch(name) ? /^(?:true|false)$/.test(text) : splitList(text).length > 0;
    if (!isWritten(flags(name)) || isValue) return [];
    const found = JSON.stringify(text);
    return isSwitch(name)
      ? [{ subject, found, expected: "no value", fix: "Write the flag alone, or omit it." }]
      : [{ subject, found, expected: "a value", fix: "If it comes from a variable, check that it is set." }];
  });
  return problems.length > 0 ? invalid(...problems) : valid(undefined);
}
