/** ISO 8601 in UTC to the second, which IAM, every SDK and people read: `2026-11-23T04:12:09Z`. */
export function formatIsoSeconds(instant: Date): string {
  return instant.toISOString().replace(/\.\d{3}Z$/, "Z");
}
