/** ISO 8601 in UTC to the second, which IAM, every SDK and people can read: `2026-11-23T04:12:09Z`. */
export function formatIsoSeconds(instant: Date): string {
  return instant.toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** `2026-11-23 04:12:09 UTC` */
export function formatInstant(instant: Date): string {
  return instant
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d{3}Z$/, " UTC");
}

/**
 * `59 min`, `1 h`, `11 h 30 min`: rounded to the minute, since nobody plans by the second; `0 min` for times in the
 * past.
 */
export function formatSpan(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  const parts = [hours > 0 ? `${hours} h` : "", minutes % 60 > 0 || hours === 0 ? `${minutes % 60} min` : ""];
  return parts.filter((part) => part !== "").join(" ");
}
