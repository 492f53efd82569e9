import type { PolicyVersion } from "./policy.ts";

/** A policy variable as version 2012-10-17 reads it: what is between the braces is captured. */
export const VARIABLE = /\$\{([^}]*)\}/;

/** Tells whether the text holds what version 2012-10-17 reads as a policy variable. */
export function hasPolicyVariable(text: string): boolean {
  return VARIABLE.test(text);
}

/** Tells whether a policy of this version has policy variables at all. */
export function supportsPolicyVariables(version: PolicyVersion | undefined): boolean {
  return version === "2012-10-17";
}

/** Writes text so that no policy variable is read in it. */
export function escapePolicyVariables(text: string): string {
  return text.replaceAll("${", `\${$}{`);
}
