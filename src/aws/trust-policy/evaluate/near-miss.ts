import { hasWildcard } from "../model/glob.ts";
import type { Comparison } from "./comparisons.ts";
import type { KeyMissReason } from "./decision.ts";

/** How a value of the policy would compare if it were read or written a little differently. */
export interface NearMissProbe {
  readonly wanted: string;
  readonly actual: string;
  readonly compare: (wanted: string, actual: string) => Comparison;
  readonly compareAsPattern: (wanted: string, actual: string) => Comparison;
  readonly compareWithVariables: (wanted: string, actual: string) => Comparison;
}

type NearMiss = readonly [KeyMissReason, (probe: NearMissProbe) => boolean];

/** Tells whether both sides match once the same difference is taken out of each. */
const matchesAfter =
  (normalise: (text: string) => string) =>
  ({ wanted, actual, compare }: NearMissProbe): boolean =>
    compare(normalise(wanted), normalise(actual)) === "match";

/** The usual slips, the most telling first. */
const NEAR_MISSES: readonly NearMiss[] = [
  [
    "wildcard-under-equals",
    ({ wanted, actual, compareAsPattern }) =>
      hasWildcard(wanted) && compareAsPattern(wanted, actual) === "match",
  ],
  [
    "variable-in-old-version",
    ({ wanted, actual, compareWithVariables }) => compareWithVariables(wanted, actual) === "match",
  ],
  ["case-differs", matchesAfter((text) => text.toLowerCase())],
  ["whitespace-differs", matchesAfter((text) => text.trim())],
  ["trailing-slash-differs", matchesAfter((text) => (text.endsWith("/") ? text.slice(0, -1) : text))],
  ["scheme-differs", matchesAfter((text) => text.replace(/^https?:\/\//, ""))],
];

/** Names the slip that kept a value from matching, if it is a known one. */
export function diagnoseNearMiss(probes: readonly NearMissProbe[]): KeyMissReason {
  const found = NEAR_MISSES.find(([, explains]) => probes.some(explains));
  return found?.[0] ?? "value-differs";
}
