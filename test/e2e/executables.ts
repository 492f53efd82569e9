import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Finds a program on the path; `undefined` where this machine does not have it. */
export function findExecutable(name: string): string | undefined {
  const candidates = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return candidates.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
