/**
 * Whether a text is a URL. `URL.canParse` is not asked: of hosts of some ten thousand characters it says so of some that
 * `new URL` then refuses.
 */
export function isUrl(text: string): boolean {
  try {
    return new URL(text).href !== "";
  } catch {
    return false;
  }
}
