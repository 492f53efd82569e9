import { ASSUME_ROLE_INPUTS } from "./assume-role-inputs.ts";
import type { ReadInput } from "./input.ts";

/** The instance of a described job, unless it is given or the trust policy names another. */
export const DEFAULT_ISSUER = "https://gitlab.com";

/** The inputs that `doctor` reads besides those of `assume-role`, each with its default. */
export const DOCTOR_DEFAULTS = {
  "trust-policy-file": "",
  format: "text",
  "personal-claims": "withheld",
} as const;

/** What a `doctor` job reads, and the one flag with a default. `inputs.ts` says what they are for. */
export const DOCTOR_INPUTS: readonly ReadInput[] = [
  ...ASSUME_ROLE_INPUTS,
  ...Object.entries(DOCTOR_DEFAULTS).map(
    ([name, value]) => ({ name, reaches: "script", default: value }) as const,
  ),
  { name: "issuer", reaches: "command-line", default: DEFAULT_ISSUER },
];
