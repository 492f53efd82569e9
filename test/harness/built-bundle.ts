import { readFileSync } from "node:fs";
import { inject } from "vitest";
import type { Bundle } from "../../build/bundle.ts";

/** What the source gives now: bundled once per test run, and read again where a test looks at it. */
export function readBuiltBundle(): Bundle {
  return {
    code: readFileSync(inject("bundleAlone")),
    assumeRoleCode: readFileSync(inject("assumeRoleBundle")),
    doctorCode: readFileSync(inject("doctorBundle")),
    metafile: JSON.parse(readFileSync(inject("bundleMetafile"), "utf8")),
  };
}
