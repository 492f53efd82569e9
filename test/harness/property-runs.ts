const FACTOR = Number(process.env.AWS_OIDC_PROPERTY_RUNS ?? 1);

/**
 * How often a property is tried: few enough for every run of the suite, as each run draws new cases. `AWS_OIDC_PROPERTY_RUNS=10`
 * asks for ten times as many.
 */
export function propertyRuns(count: number): { readonly numRuns: number } {
  return { numRuns: Math.round(count * FACTOR) };
}
