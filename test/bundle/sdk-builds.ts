import { createRequire } from "node:module";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { build } from "esbuild";
import { bundleEntry } from "../../build/bundle.ts";

export type StsModule = Pick<typeof import("../../src/edge/sts-client.ts"), "createStsConnector">;

/** The instant at which both builds run. */
export const NOW = new Date("2026-11-23T09:00:00Z");

const root = join(import.meta.dirname, "../..");

/** The client of STS as the script has it. */
export async function loadOwnClient(): Promise<StsModule> {
  const { code } = await bundleEntry(root, "src/edge/sts-client.ts");
  return load(code.toString("latin1"));
}

/**
 * The SDK's client as it is published, whole. Of its two forms the ES modules, since the CommonJS files of some releases send
 * the version of the release before.
 */
export async function loadPublishedClient(): Promise<StsModule> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["test/bundle/published-sts.ts"],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  return load(outputFiles[0]?.text ?? "");
}

const randomUUID = () => "00000000-0000-4000-8000-000000000000";

/**
 * Runs a build on a clock that stands still, and with fixed random numbers, so that requests can be compared. What
 * the published SDK has to say about its settings goes nowhere, as in the script.
 */
function load(code: string): StsModule {
  const module = { exports: {} };
  const platform = createRequire(import.meta.url);
  const require = (name: string) =>
    name === "node:crypto" ? { ...platform(name), randomUUID } : platform(name);
  const run = compileFunction(code, ["require", "module", "exports", "Date", "crypto", "console"]);
  run(require, module, module.exports, FrozenDate, { randomUUID }, { warn() {} });
  return module.exports as StsModule;
}

class FrozenDate extends Date {
  constructor(...given: [] | [number | string | Date]) {
    super(given[0] ?? NOW);
  }

  static override now(): number {
    return NOW.getTime();
  }
}
