import { join } from "node:path";
import { expect } from "vitest";
import { DOCUMENTED_ENTRIES } from "../../src/aws/error-catalogue/catalogue.ts";
import { unwrapped } from "../harness/stable.ts";

type DocumentedEntry = (typeof DOCUMENTED_ENTRIES)[number];

/** One log of each kind, whole, so that a reviewer can judge it as its reader will see it. */
const SHOWN: Readonly<Record<string, string>> = {
  "trust-denied": "causes by likelihood, and a statement to paste",
  "duration-max": "a cause that is certain",
  "chain-denied": "the second role",
  "connect-timeout": "no answer, and YAML to paste",
  "proxy-refused": "something on the way answered",
  unknown: "not in the catalogue",
  "access-denied": "pasted: facts that were found in the text",
  "ecr-expired": "pasted: a text without facts",
};

/** What is there to be copied or searched for stays on one line. */
const COPIED = /^ *(?:→ )?(?:[a-z]+ |["{]|[A-Z_]+:)|^✖ /;

/** Expects a log that fits a screen and tells the fault, the causes and the remedies of an entry of the catalogue. */
export async function expectLogOf(id: string, log: string): Promise<void> {
  const stable = log.replaceAll(/(127\.0\.0\.\d):\d+/g, "$1:<port>");
  expectFitsScreen(stable);
  const [verdict, ...others] = stable.match(/^✖ .*$/gm) ?? [];
  expect(others, "more verdicts than one").toEqual([]);
  expect(stable).toMatch(new RegExp(`^ {2}\\w.* {2}(?:[A-Z_]+, )?${id}$`, "m"));
  expect(stable, "what should have been filled in").not.toMatch(/\{[$']?\w+\}|undefined|\[object/);
  const entry = DOCUMENTED_ENTRIES.find((other) => other.id === id);
  if (entry !== undefined) {
    expect(verdict).toMatch(new RegExp(`^✖ ${patternOf(entry.verdict)}`));
    expectCauses(entry.causes, stable);
  }
  if (id in SHOWN)
    await expect(stable).toMatchFileSnapshot(join(import.meta.dirname, `__snapshots__/refused/${id}.txt`));
}

/** Told by what the token of the job shows, not by the catalogue. */
const OF_THE_TOKEN = / \d\. The audience is the default, /;

/** Each remedy of the log is one of the entry, behind its reason, and the likelier ones come first. */
function expectCauses(causes: DocumentedEntry["causes"], log: string): void {
  const text = unwrapped(log);
  const places = causes.map(({ reason, fix }) => text.search(`${patternOf(reason)} → ${patternOf(fix)}`));
  const told = places.filter((place) => place >= 0);
  const remedies = log.match(/^ +→ /gm) ?? [];
  expect(told, "causes of the entry").toHaveLength(remedies.length - (OF_THE_TOKEN.test(text) ? 1 : 0));
  expect(told).not.toEqual([]);
  expect(told, "the entry's order").toEqual(told.toSorted((one, other) => one - other));
}

function expectFitsScreen(log: string): void {
  const screen = log
    .split("\n")
    .slice(2)
    .filter((line) => !line.startsWith("! "));
  expect(screen.length, "lines of a screen").toBeLessThanOrEqual(31);
  expect(
    screen.filter((line) => line.replaceAll("<port>", "12345").length > 100 && !COPIED.test(line)),
  ).toEqual([]);
}

/** Fits a text of the catalogue, whatever its names stand for. */
function patternOf(template: string): string {
  const parts = unwrapped(template).split(/\{[$']?\w+\}/);
  return parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join(".+");
}
