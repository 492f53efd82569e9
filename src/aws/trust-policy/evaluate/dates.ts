const W3C_DATE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/;
const EPOCH_SECONDS = /^\d{5,12}(\.\d+)?$/;

/**
 * Reads a date as the date condition operators do: a W3C profile of ISO 8601, or seconds since 1970.
 * IAM User Guide, "Condition operators: Date".
 *
 * @returns milliseconds since 1970, or `undefined` for anything else.
 */
export function parsePolicyDate(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  if (!W3C_DATE.test(text)) return undefined;
  const epochMilliseconds = Date.parse(text);
  return Number.isNaN(epochMilliseconds) ? undefined : epochMilliseconds;
}
