import { join } from "node:path";
import { expect } from "vitest";

/** One file per entry of the catalogue, so that a reviewer can judge each as the reader of a log will see it. */
export const SNAPSHOTS = join(import.meta.dirname, "__snapshots__/refused");

export async function expectSnapshot(id: string, text: string): Promise<void> {
  const stable = text.replaceAll(/(127\.0\.0\.\d):\d+/g, "$1:<port>");
  await expect(stable).toMatchFileSnapshot(join(SNAPSHOTS, `${id}.txt`));
}
