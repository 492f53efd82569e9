import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { unpackRuntime } from "../src/edge/sandbox/runtime.ts";
import { EXECUTABLES, type Outputs } from "./outputs.ts";
import { unpackPlayground } from "./playground.ts";

/** Paths below the root of generated files that are out of date or missing. */
export function findStaleOutputs(root: string, outputs: Outputs): readonly string[] {
  return [...outputs]
    .filter(
      ([path, expected]) =>
        !isSame(path, read(root, path), expected) ||
        (EXECUTABLES.includes(path) && !isExecutable(join(root, path))),
    )
    .map(([path]) => path);
}

function read(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return "";
  }
}

/** For everyone, which is all that a repository can record. */
function isExecutable(path: string): boolean {
  return (statSync(path).mode & 0o111) === 0o111;
}

/** Compressed bytes may differ between builds of zlib, so files that contain them are compared unpacked. */
function isSame(path: string, actual: string, expected: string): boolean {
  if (path.endsWith("playground.html")) return unpackPlayground(actual) === unpackPlayground(expected);
  if (actual === expected || !path.endsWith("runtime.yml")) return actual === expected;
  const [actualCode, expectedCode] = [unpackRuntime(actual), unpackRuntime(expected)];
  const withoutBlob = (yaml: string): string => yaml.replaceAll(/^ {6}[A-Za-z0-9+/=]+$/gm, "");
  return (
    actualCode !== undefined &&
    expectedCode?.equals(actualCode) === true &&
    withoutBlob(actual) === withoutBlob(expected)
  );
}
