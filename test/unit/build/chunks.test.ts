import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import { describe, expect, it } from "vitest";
import { type Chunk, linkChunks } from "../../../build/chunks.ts";

function chunk(
  name: string,
  text: string,
  edges: Partial<Pick<Chunk, "imports" | "dynamicImports">> = {},
): Chunk {
  return { name, text, imports: [], dynamicImports: [], ...edges };
}

const ENTRY = chunk(
  "./entry.js",
  'import { count } from "./shared.js"; export const early = count(); export const later = () => import("./cold.js");',
  { imports: ["./shared.js"], dynamicImports: ["./cold.js"] },
);
const SHARED = chunk(
  "./shared.js",
  'import { sep } from "node:path"; let n = 0; export const count = () => (n += 1) + sep;',
);
const COLD = chunk(
  "./cold.js",
  'import { count } from "./shared.js"; export const quotes = `\'"\\\\\\n`; export const late = count();',
  { imports: ["./shared.js"] },
);
const UNUSED = chunk("./unused.js", "throw new Error('never asked for');");

function run(code: string): Record<string, unknown> {
  const module = { exports: {} };
  compileFunction(code, ["require", "module", "exports"])(
    createRequire(import.meta.url),
    module,
    module.exports,
  );
  return module.exports;
}

describe("linked chunks", () => {
  it("work as the modules did, and share what both import", async () => {
    const { code } = await linkChunks(ENTRY, [ENTRY, SHARED, COLD, UNUSED]);
    const { early, later } = run(code) as { early: string; later: () => Promise<object> };
    expect(early).toBe("1/");
    expect({ ...(await later()) }).toMatchObject({ quotes: "'\"\\\n", late: "2/" });
    expect({ ...(await later()) }).toMatchObject({ late: "2/" });
  });

  it("hold as text what is imported dynamically only", async () => {
    const { code } = await linkChunks(ENTRY, [ENTRY, SHARED, COLD, UNUSED]);
    expect(code).toContain("'./shared.js':(function(");
    expect(code).toMatch(/'\.\/cold\.js':'/);
  });

  it("leave out what nothing imports", async () => {
    const { chunks, code } = await linkChunks(ENTRY, [ENTRY, SHARED, COLD, UNUSED]);
    expect(chunks.map(({ name }) => name)).toEqual(["./entry.js", "./shared.js", "./cold.js"]);
    expect(code).not.toContain("never asked for");
  });

  it("are strict code", async () => {
    const sloppy = chunk("./sloppy.js", "export const self = (function () { return this; })();");
    const cold = chunk("./entry.js", 'export const later = () => import("./sloppy.js");', {
      dynamicImports: ["./sloppy.js"],
    });
    const { code } = await linkChunks(cold, [cold, sloppy]);
    const { later } = run(code) as { later: () => Promise<{ self: unknown }> };
    expect((await later()).self).toBeUndefined();
  });
});
