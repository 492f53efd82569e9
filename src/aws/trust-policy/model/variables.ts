import type { PolicyVersion } from "./policy.ts";

/** A policy variable as version 2012-10-17 reads it: what is between the braces is captured. */
export const VARIABLE = /\$\{([^}]*)\}/;

/** Tells whether the text contains what version 2012-10-17 reads as a policy variable. */
export function hasPolicyVariable(text: string): boolean {
  return VARIABLE.test(text);
}

/** Tells whether a policy of this version has policy variables at all. */
export function supportsPolicyVariables(version: PolicyVersion | undefined): boolean {
  return version === "2012-10-17";
}

/** Escapes text so that it contains no policy variable. */
export function escapePolicyVariables(text: string): string {
  return text.replaceAll("${", `\${$}{`);
}
