/**
 * Finds the word that the user most likely meant, such as `role-arn` for `roleArn`, `rol-arn` or `role`.
 *
 * @returns nothing if no word is close, or if several are equally close
 */
export function findMeant(written: string, words: readonly string[]): string | undefined {
  const plain = normalise(written);
  if (plain === "") return undefined;
  const distances = words.map((word) => ({ word, distance: editDistance(plain, word) }));
  const least = Math.min(...distances.map(({ distance }) => distance));
  const nearest = distances.filter(({ distance }) => distance === least);
  if (least <= Math.max(1, Math.floor(plain.length / 3))) return only(nearest.map(({ word }) => word));
  return only(words.filter((word) => word.startsWith(`${plain}-`) || word.endsWith(`-${plain}`)));
}

/** `roleArn`, `Role_ARN` → `role-arn` */
function normalise(written: string): string {
  return written
    .replaceAll(/([a-z\d])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

function only(words: readonly string[]): string | undefined {
  return words.length === 1 ? words[0] : undefined;
}

/** The number of letters to insert, remove, change or swap with a neighbour to turn one word into the other. */
function editDistance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= left.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const steps = [
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        ...(isSwapped && row > 1 && column > 1 ? [at(row - 2, column - 2) + 1] : []),
      ];
      rows[row]?.push(Math.min(...steps));
    }
  }
  return at(left.length, right.length);
}
