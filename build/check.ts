import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderOutputs } from "./outputs.ts";
import { unpackRuntime } from "./runtime.ts";
import { renderVersionModules } from "./version.ts";

const root = join(import.meta.dirname, "..");

function committed(path: string): string {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return "";
  }
}

/** Compressed bytes may differ between builds of zlib, so the runtimes are compared unpacked. */
function isSame(path: string, actual: string, expected: string): boolean {
  if (actual === expected || !path.endsWith("runtime.yml")) return actual === expected;
  const [actualCode, expectedCode] = [unpackRuntime(actual), unpackRuntime(expected)];
  const withoutBlob = (yaml: string): string => yaml.replaceAll(/^ {6}[A-Za-z0-9+/=]+$/gm, "");
  return (
    actualCode !== undefined &&
    expectedCode?.equals(actualCode) === true &&
    withoutBlob(actual) === withoutBlob(expected)
  );
}

const outputs = new Map([...renderVersionModules(root), ...(await renderOutputs(root))]);
const stale = [...outputs]
  .filter(([path, expected]) => !isSame(path, committed(path), expected))
  .map(([path]) => path);
if (stale.length > 0) {
  console.error(
    `✖ Not what the source gives: ${stale.join(", ")}\n  → Run \`npm run build\` and commit the result together with the source.`,
  );
  process.exit(1);
}
console.log(`✔ ${outputs.size} generated files are what the source gives.`);
