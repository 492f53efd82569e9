/** Compares every generated file with what the source gives: `npm run check:dist`. */
import { join } from "node:path";
import { renderOutputs } from "./outputs.ts";
import { findStaleOutputs } from "./stale-outputs.ts";
import { renderVersionModules } from "./version.ts";

const root = join(import.meta.dirname, "..");

const outputs = new Map([...renderVersionModules(root), ...(await renderOutputs(root))]);
const stale = findStaleOutputs(root, outputs);
if (stale.length > 0) {
  console.error(
    `✖ Not what the source gives: ${stale.join(", ")}\n  → Run \`npm run build\` and commit the result together with the source.`,
  );
  process.exit(1);
}
console.log(`✔ ${outputs.size} generated files are what the source gives.`);
