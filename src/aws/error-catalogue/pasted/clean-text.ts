/**
 * Colours and cursor movements: as a terminal sends them, as editors write them out, and with the escape character
 * lost.
 */
const ESCAPES: readonly RegExp[] = [
  /section_(?:start|end):\d+:[\w.-]+(?:\[[^\]\n]*\])?(?=[\r\p{Cc}]|\s|$)/gu,
  /(?![\n\t\r])\p{Cc}\][^\p{Cc}]*(?:(?![\n\t\r])\p{Cc}\\?)?/gu,
  /(?:(?![\n\t\r])\p{Cc}|\^\[|\\(?:u001b|x1b|e|033))\[[0-?]*[ -/]*[@-~]/giu,
  /\[\d{1,3}(?:;\d{1,3})*[mK]/g,
];

/** Prefixes of a line: times, the runner's stream marks, frames of Terraform, the name of npm. */
const PREFIX =
  /^(?:\s*(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?|\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?(?= )|\d\d[OE][+ ]|[\u2500-\u257f]|npm (?:ERR!|error)(?: code)?))+[ \t]?/;

/**
 * Removes everything around the words of a pasted text: colours, frames, times before each line, escapes of JSON and
 * HTML. Line breaks stay.
 */
export function cleanPaste(pasted: string): string {
  const plain = ESCAPES.reduce((text, sequence) => text.replaceAll(sequence, ""), pasted);
  return plain
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "")
    .split("\n")
    .map((line) => line.replace(PREFIX, ""))
    .join("\n")
    .replaceAll(/(?:\\[nrt])+(?![a-z]*\\)/g, " ")
    .replaceAll(/\\(["'])/g, "$1")
    .replaceAll(/&(?:quot|#34);/g, '"')
    .replaceAll(/&(?:apos|#39);/g, "'")
    .replaceAll(/&lt;/g, "<")
    .replaceAll(/&gt;/g, ">")
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201c\u201d]/g, '"');
}

/**
 * A clean text on one line, in every way its lines may belong together: broken between words and, if that makes a
 * difference, within them.
 */
export function joinLines(clean: string): readonly string[] {
  const spaced = clean.replaceAll(/\s+/g, " ").trim();
  const broken = clean
    .replaceAll(/(\S)\n(?=\S)/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
  return spaced === broken ? [spaced] : [spaced, broken];
}
