import type { Diagnosis } from "../diagnose.ts";
import { readPaste } from "./reading.ts";
import { diagnosePaste, type Recognition } from "./recognise.ts";

/** A recognised text. */
export interface Explained extends Recognition {
  readonly diagnosis: Diagnosis;
}

/**
 * Explains what a text of several lines says about AWS, line by line: each failure once. A tool that continues after a
 * failure prints others, so the first is the one to fix; those that it retried come last.
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
  // A bare refusal says less than another line that gives the details.
  return isTold ? all.filter(({ diagnosis }) => diagnosis.id !== "access-denied") : all;
}

/** In an XML answer over several lines, one has only the code, and the next the message. */
function isToldByAnother({ reading: { code, message } }: Explained, every: readonly Explained[]): boolean {
  const isBareCode = code !== undefined && message === undefined;
  return (
    isBareCode && every.some(({ reading }) => reading.code === undefined && reading.impliedCode === code)
  );
}

/** Tools retry these automatically. */
const PASSING: readonly string[] = ["throttled", "service-unavailable", "internal", "idp-comm"];

const isPassing = ({ diagnosis }: Explained): boolean => PASSING.includes(diagnosis.id);
