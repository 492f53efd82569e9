const MAX_QUOTED = 120;

/**
 * Quotes a user's value if it looks like what belongs there. Otherwise it gives only the length: it may be a secret in
 * the wrong variable.
 */
export function quoteIf(looksRight: RegExp, text: string): string {
  return looksRight.test(text) ? quote(text) : `a text of ${text.length} characters`;
}

/** The text in quotes; only the beginning of a long one. */
export function quote(text: string): string {
  return JSON.stringify(cut(text, MAX_QUOTED));
}

/** The text, cut to at most this many characters. */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 3)}...` : text;
}

/** Quotes a path; it may be the content of a file instead, from a variable that is not of type File. */
export function quotePath(path: string): string {
  return quoteIf(/^[^\n{]{1,200}$/, path);
}

/**
 * What a terminal or GitLab's log would act on, or hide: everything except line breaks, tabs and visible characters.
 */
const UNSEEN =
  /[^\n\t\x20-\u{10ffff}]|[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udfff]|[\u{e0000}-\u{e007f}]|(?<=section)_(?=(?:start|end):)/gu;

/**
 * Shows invisible characters as JSON escapes: control characters, marks of direction, halves of surrogate
 * pairs, and what begins a section of GitLab's log.
 *
 * @see https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
 */
export function showUnseen(text: string): string {
  return text.replaceAll(UNSEEN, escapeUnits);
}

/** The same for text that must not start a new line either, such as a claim. */
export function showOnOneLine(text: string): string {
  return showUnseen(text).replaceAll(/[\n\t]/g, escapeUnits);
}

/** Longer texts from others would only fill the log. */
const MAX_SHOWN_LENGTH = 2000;

/** A JSON value from outside, such as a claim, as text on one line. */
export function showValue(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return showOnOneLine(cut(text, MAX_SHOWN_LENGTH));
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16).padStart(4, "0");
    return `\\u${unit}`;
  }).join("");
}

/** A POSIX shell word for exactly this text. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
