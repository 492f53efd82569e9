import { createRequire } from "node:module";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { build } from "esbuild";
import { bundleEntry } from "../../build/bundle.ts";

export type SdkDriver = typeof import("./sdk-driver.ts");

/** The instant at which both builds run. */
export const NOW = new Date("2026-11-23T09:00:00Z");

const root = join(import.meta.dirname, "../..");
const driver = "test/bundle/sdk-driver.ts";

/** The SDK as the script has it. */
export async function loadTrimmedSdk(): Promise<SdkDriver> {
  const { code } = await bundleEntry(root, driver);
  return load(code.toString("latin1"));
}

/**
 * The SDK as it is published, whole. Of its two forms the ES modules, since the CommonJS files of some releases send the
 * version of the release before.
 */
export async function loadPublishedSdk(): Promise<SdkDriver> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [driver],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  return load(outputFiles[0]?.text ?? "");
}

/**
 * Runs a build on a clock that stands still, and with random numbers that are none, so that requests can be compared. What
 * the published SDK has to say about its settings goes nowhere, as in the script.
 */
function load(code: string): SdkDriver {
  const module = { exports: {} };
  const require = createRequire(import.meta.url);
  const run = compileFunction(code, ["require", "module", "exports", "Date", "crypto", "console"]);
  const crypto = { randomUUID: () => "00000000-0000-4000-8000-000000000000" };
  run(require, module, module.exports, FrozenDate, crypto, { warn() {} });
  return module.exports as SdkDriver;
}

class FrozenDate extends Date {
  constructor(...given: [] | [number | string | Date]) {
    super(given[0] ?? NOW);
  }

  static override now(): number {
    return NOW.getTime();
  }
}
