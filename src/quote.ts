const MAX_QUOTED = 120;

/**
 * Quotes what a user gave, if it looks like what belongs there. Of anything else only the length is told: it may be a
 * secret in the wrong variable.
 */
export function quoteIf(looksRight: RegExp, text: string): string {
  return looksRight.test(text) ? quote(text) : `a text of ${text.length} characters`;
}

/** The text in quotes; of a long one only the beginning. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED - 3)}...` : text);
}

/** Quotes a path; the content of a file may stand in its place, by a variable that is not of type File. */
export function quotePath(path: string): string {
  return quoteIf(/^[^\n{]{1,200}$/, path);
}
