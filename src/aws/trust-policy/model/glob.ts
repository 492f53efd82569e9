const ANY_RUN = Symbol("*");
const ANY_CHARACTER = Symbol("?");

/** A pattern taken apart: characters that stand for themselves, and wildcards. */
export type Glob = readonly (string | typeof ANY_RUN | typeof ANY_CHARACTER)[];

/** Reads `*` (any text, even none, including `/` and `:`) and `?` (exactly one character). */
export function parseGlob(text: string): Glob {
  return Array.from(text, (character) => {
    if (character === "*") return ANY_RUN;
    return character === "?" ? ANY_CHARACTER : character;
  });
}

/** A pattern that matches only `text` itself, whatever characters it holds. */
export function literalGlob(text: string): Glob {
  return Array.from(text);
}

/** Tells whether a policy value contains a wildcard. */
export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * Matches the whole of `text`, case-sensitively.
 *
 * On a mismatch only the last `*` is widened, so the work is bounded by the product of the two lengths.
 */
export function matchesGlob(glob: Glob, text: string): boolean {
  const characters = Array.from(text);
  let at = 0;
  let lastRun = -1;
  let lastRunEnd = 0;
  for (let read = 0; read < characters.length; ) {
    const expected = glob[at];
    if (expected === ANY_RUN) {
      lastRun = at;
      lastRunEnd = read;
      at += 1;
    } else if (expected === ANY_CHARACTER || expected === characters[read]) {
      at += 1;
      read += 1;
    } else if (lastRun === -1) {
      return false;
    } else {
      lastRunEnd += 1;
      read = lastRunEnd;
      at = lastRun + 1;
    }
  }
  return glob.slice(at).every((rest) => rest === ANY_RUN);
}
