/** What can be said about a match without asking AWS: it holds, it does not, or it cannot be known from here. */
export type Verdict = "yes" | "no" | "unknown";

/** Three-valued AND; an empty list holds. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("no")) return "no";
  return verdicts.includes("unknown") ? "unknown" : "yes";
}

/** Three-valued OR; an empty list does not hold. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("yes")) return "yes";
  return verdicts.includes("unknown") ? "unknown" : "no";
}

/** Three-valued NOT. */
export function negate(verdict: Verdict): Verdict {
  if (verdict === "unknown") return "unknown";
  return verdict === "yes" ? "no" : "yes";
}
