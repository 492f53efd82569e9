import { isImpersonalClaim } from "../foundation/claim-privacy.ts";

/** Claims as they may be shown, and the names of those withheld. */
export interface ShownClaims {
  readonly shown: Readonly<Record<string, unknown>>;
  readonly withheld: readonly string[];
}

/** Removes the personal claims, unless they are asked for. */
export function selectClaims(
  claims: Readonly<Record<string, unknown>>,
  personal: "withheld" | "shown",
): ShownClaims {
  const isShown = (name: string): boolean => personal === "shown" || isImpersonalClaim(name);
  const entries = Object.entries(claims);
  return {
    shown: Object.fromEntries(entries.filter(([name]) => isShown(name))),
    withheld: entries.map(([name]) => name).filter((name) => !isShown(name)),
  };
}

/** Claims that say when a token was issued, and nothing about the job. */
const TIMES: readonly string[] = ["iat", "nbf", "exp", "jti"];

/** The claims that a link to the playground may contain, as JSON: none that are personal, and how many were withheld. */
export function encodeSharedClaims({ shown, withheld }: ShownClaims): string {
  const impersonal = selectClaims(shown, "withheld");
  const entries = Object.entries(impersonal.shown).filter(([name]) => !TIMES.includes(name));
  return JSON.stringify({
    claims: Object.fromEntries(entries),
    withheld: withheld.length + impersonal.withheld.length,
  });
}
