import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXECUTABLES, renderOutputs } from "./outputs.ts";
import { renderVersionModules } from "./version.ts";

const root = join(import.meta.dirname, "..");

function write(path: string, contents: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), contents);
}

for (const [path, contents] of renderVersionModules(root)) write(path, contents);
for (const [path, contents] of await renderOutputs(root)) {
  write(path, contents);
  if (EXECUTABLES.includes(path)) chmodSync(join(root, path), 0o755);
  console.log(`${path}  ${Buffer.byteLength(contents)} bytes`);
}
