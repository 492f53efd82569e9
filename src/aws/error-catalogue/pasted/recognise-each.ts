import type { Diagnosis } from "../diagnose.ts";
import { readPaste } from "./reading.ts";
import { diagnosePaste, type Recognition } from "./recognise.ts";

/** A text that is known. */
export interface Explained extends Recognition {
  readonly diagnosis: Diagnosis;
}

/**
 * Explains what a text of several lines tells of AWS, line by line: each failure once. A tool that goes on after a failure
 * prints others, so that the first is the one to mend; those after which it asked again come last.
 */
export function recogniseEach(lines: readonly string[]): readonly Explained[] {
  const found = new Map<string, Explained>();
  for (const line of new Set(lines)) {
    const reading = readPaste(line);
    if (reading.code === undefined && reading.impliedCode === undefined && reading.denied === undefined)
      continue;
    const diagnosis = diagnosePaste(reading);
    const key = `${diagnosis?.id} ${reading.denied}`;
    if (diagnosis !== undefined && !found.has(key)) found.set(key, { reading, diagnosis });
  }
  const all = [...found.values()]
    .filter((explained, _, every) => !isToldByAnother(explained, every))
    .sort((left, right) => Number(isPassing(left)) - Number(isPassing(right)));
  const isTold = all.some(({ reading }) => reading.denied !== undefined);
  // A bare refusal says less of what another line tells in full.
  return isTold ? all.filter(({ diagnosis }) => diagnosis.id !== "access-denied") : all;
}

/** Of an answer in XML over several lines, one has the code alone, and the next the message. */
function isToldByAnother({ reading: { code, message } }: Explained, every: readonly Explained[]): boolean {
  const isBareCode = code !== undefined && message === undefined;
  return (
    isBareCode && every.some(({ reading }) => reading.code === undefined && reading.impliedCode === code)
  );
}

/** After these, tools ask again by themselves. */
const PASSING: readonly string[] = ["throttled", "service-unavailable", "internal", "idp-comm"];

const isPassing = ({ diagnosis }: Explained): boolean => PASSING.includes(diagnosis.id);
