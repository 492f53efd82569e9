/** The width that a terminal and GitLab's page show without a break. */
const MAX_COLUMNS = 100;

/** Breaks lines at spaces, and begins all but the first at a column. Longer words stay whole, for copying. */
export function wrap(text: string, column: number): string {
  return text
    .split("\n")
    .flatMap((line) => breakLine(line, MAX_COLUMNS - column))
    .join(`\n${" ".repeat(column)}`);
}

/**
 * Leaves commands, YAML and JSON unchanged, for copying: sentences begin with a capital letter or a quotation, followed
 * by a word.
 */
export function wrapProse(text: string, column: number): string {
  const isSentence = (line: string): boolean =>
    /^(?:[A-Z`][\w`'[\]-]*[ ,;:]|"[^"]*" [a-z])/.test(line) && !/^[A-Z_]{3,}:/.test(line);
  return text
    .split("\n")
    .flatMap((line) => (isSentence(line) ? breakLine(line, MAX_COLUMNS - column) : [line]))
    .join(`\n${" ".repeat(column)}`);
}

function breakLine(line: string, columns: number): readonly string[] {
  const [first = "", ...words] = line.split(/(?<=\S) (?=\S)/);
  const lines = [first];
  for (const word of words) {
    const last = lines.at(-1) ?? "";
    if (last.length + 1 + word.length <= columns) lines.splice(-1, 1, `${last} ${word}`);
    else lines.push(word);
  }
  return lines;
}
