import { join } from "node:path";
import { expect } from "vitest";

/** One file per entry of the catalogue, so that a reviewer can judge each as the reader of a log will see it. */
export const SNAPSHOTS = join(import.meta.dirname, "__snapshots__/refused");

/** What is there to be copied or searched for stays on one line. */
const COPIED = /^ *(?:→ )?(?:[a-z]+ |["{]|[A-Z_]+:)|^✖ /;

export async function expectSnapshot(id: string, text: string): Promise<void> {
  const stable = text.replaceAll(/(127\.0\.0\.\d):\d+/g, "$1:<port>");
  const screen = stable
    .split("\n")
    .slice(2)
    .filter((line) => !line.startsWith("! "));
  expect(screen.length, "lines of a screen").toBeLessThanOrEqual(31);
  expect(
    screen.filter((line) => line.replaceAll("<port>", "12345").length > 100 && !COPIED.test(line)),
  ).toEqual([]);
  await expect(stable).toMatchFileSnapshot(join(SNAPSHOTS, `${id}.txt`));
}
