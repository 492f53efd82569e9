const FACTOR = Number(process.env.AWS_OIDC_PROPERTY_RUNS || 1);
// With NaN or nothing to try, every property would hold.
if (!(FACTOR >= 1)) throw new Error("AWS_OIDC_PROPERTY_RUNS is a number from 1");

/**
 * How often a property is tried: few enough for every run of the suite, as each run draws new cases. `AWS_OIDC_PROPERTY_RUNS=10`
 * asks for ten times as many.
 */
export function propertyRuns(count: number): { readonly numRuns: number } {
  return { numRuns: Math.round(count * FACTOR) };
}
