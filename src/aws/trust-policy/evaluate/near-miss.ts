import { hasWildcard } from "../model/glob.ts";
import type { OperatorRow } from "../model/operators.ts";
import { compareValues, type Reading } from "./comparisons.ts";
import type { KeyMissReason } from "./decision.ts";

/** A value of the policy, as written there, and one of the request that it does not match. */
export interface ValuePair {
  readonly wanted: string;
  readonly actual: string;
}

/** The usual typos, the most telling first, with the function that removes each. */
const SLIPS: readonly (readonly [KeyMissReason, (text: string) => string])[] = [
  ["case-differs", (text) => text.toLowerCase()],
  ["whitespace-differs", (text) => text.trim()],
  ["trailing-slash-differs", (text) => (text.endsWith("/") ? text.slice(0, -1) : text)],
  ["scheme-differs", (text) => text.replace(/^https?:\/\//, "")],
];

function matches({ wanted, actual }: ValuePair, reading: Reading): boolean {
  return compareValues(wanted, actual, reading) === "match";
}

/**
 * Names the known mistake, if any, that kept all values from matching.
 *
 * @param row the operator that compared them.
 * @param reading how it read them.
 */
export function diagnoseNearMiss(
  pairs: readonly ValuePair[],
  row: OperatorRow,
  reading: Reading,
): KeyMissReason {
  const asPattern: Reading = row.wildcards === "literal" ? { ...reading, comparison: "pattern" } : reading;
  if (pairs.some((pair) => hasWildcard(pair.wanted) && matches(pair, asPattern))) {
    return "wildcard-under-equals";
  }
  const withVariables: Reading = { ...reading, variables: row.variables };
  if (pairs.some((pair) => matches(pair, withVariables))) return "variable-in-old-version";
  const slip = SLIPS.find(([, without]) =>
    pairs.some(({ wanted, actual }) =>
      matches({ wanted: without(wanted), actual: without(actual) }, reading),
    ),
  );
  return slip?.[0] ?? "value-differs";
}
