import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { transform } from "esbuild";
import { describe, expect, it } from "vitest";
import { bundleScript } from "../../../build/bundle.ts";
import { type Chunk, type Entries, linkChunks } from "../../../build/chunks.ts";
import { readBuiltBundle } from "../../harness/built-bundle.ts";
import { copyProject } from "../../harness/project-copy.ts";

const chunk = (name: string, text: string, imports: readonly string[] = []): Chunk => ({
  name,
  text,
  imports,
});

const CHUNKS: readonly Chunk[] = [
  chunk(
    "./entry.js",
    `import { count } from "./shared.js";
     export const early = count();
     export const later = () => import("./cold.js");
     export const never = () => import("./rare.js");
     export const typed = () => import("./typed.js");`,
    ["./shared.js"],
  ),
  chunk(
    "./shared.js",
    'import { sep } from "node:path"; let n = 0; export const count = () => (n += 1) + sep;',
  ),
  chunk(
    "./cold.js",
    `import { count } from "./shared.js";
     import { helped } from "./help.js";
     export const quotes = \`'"\\\\\\n\`;
     export const pattern = /a*/.test("b");
     export const self = (function () { return this; })();
     export const late = count() + helped();`,
    ["./shared.js", "./help.js"],
  ),
  chunk("./help.js", 'let calls = 0; export const helped = () => "helped " + (calls += 1);'),
  chunk("./rare.js", 'import { helped } from "./help.js"; export const rare = helped();', ["./help.js"]),
  chunk("./typed.js", 'import { helped } from "./help.js"; export const typed = helped();', ["./help.js"]),
  chunk("./unused.js", "throw new Error('never asked for');"),
];
const ENTRIES: Entries = {
  first: "./entry.js",
  late: ["./cold.js"],
  doctor: ["./rare.js"],
  rest: ["./typed.js"],
};

interface Program {
  readonly early: string;
  readonly later: () => Promise<Record<string, unknown>>;
  readonly never: () => Promise<Record<string, unknown>>;
  readonly typed: () => Promise<Record<string, unknown>>;
}

function run(code: string): Program {
  const module: { exports: object } = { exports: {} };
  compileFunction(code, ["require", "module", "exports"])(
    createRequire(import.meta.url),
    module,
    module.exports,
  );
  return module.exports as Program;
}

describe("linked chunks", () => {
  it("work as the modules did, and share what both import", async () => {
    const { program, doctor, rest } = await linkChunks(CHUNKS, ENTRIES);
    const { early, later, never, typed } = run(program + doctor + rest);
    expect(early).toBe("1/");
    const expected = { quotes: "'\"\\\n", pattern: true, late: "2/helped 1" };
    expect({ ...(await later()) }).toMatchObject(expected);
    expect({ ...(await later()) }).toMatchObject(expected);
    expect({ ...(await never()) }).toMatchObject({ rare: "helped 2" });
    expect({ ...(await typed()) }).toMatchObject({ typed: "helped 3" });
  });

  it("are strict code", async () => {
    const { program } = await linkChunks(CHUNKS, ENTRIES);
    expect(await run(program).later()).toMatchObject({ self: undefined });
  });

  it("work with other line breaks too", async () => {
    const { program } = await linkChunks(CHUNKS, ENTRIES);
    expect(await run(program.replaceAll("\n", "\r\n")).later()).toMatchObject({ pattern: true });
  });

  it("are code that every scanner and minifier reads: none is hidden in comments or texts", async () => {
    const { program, doctor, rest } = await linkChunks(CHUNKS, ENTRIES);
    const { code } = await transform(program + doctor + rest, { minify: true, legalComments: "none" });
    expect(code).toContain("helped ");
    expect(await run(code).later()).toMatchObject({ late: "2/helped 1" });
  });

  it("run nothing that is asked for later before it is", async () => {
    const loud = chunk("./cold.js", "globalThis.coldChunkRan = true;");
    const entry = chunk("./entry.js", 'export const later = () => import("./cold.js");');
    const { program } = await linkChunks([entry, loud], { ...ENTRIES, doctor: [], rest: [] });
    const { later } = run(program);
    expect(globalThis).not.toHaveProperty("coldChunkRan");
    await later();
    expect(globalThis).toHaveProperty("coldChunkRan");
  });

  it("are a program without the rest too, which says what it lacks", async () => {
    const { program, doctor } = await linkChunks(CHUNKS, ENTRIES);
    const { later, never } = run(program);
    expect(await later()).toMatchObject({ late: "2/helped 1" });
    await expect(never()).rejects.toThrow("this script comes without ./rare.js");
    const job = run(program + doctor);
    expect(await job.never()).toMatchObject({ rare: expect.stringContaining("helped") });
    await expect(job.typed()).rejects.toThrow("this script comes without ./typed.js");
  });

  it("may not export the same name from one part, where it would be lost", async () => {
    const twin = chunk("./twin.js", "export const helped = () => 'the other one';");
    const asking = (name: string): Chunk =>
      chunk(
        name,
        'import { helped } from "./help.js"; import { helped as other } from "./twin.js"; export const both = helped() + other();',
        ["./help.js", "./twin.js"],
      );
    const entry = chunk("./entry.js", 'export const later = () => [import("./one.js"), import("./two.js")];');
    const linked = linkChunks([...CHUNKS.slice(1), entry, twin, asking("./one.js"), asking("./two.js")], {
      ...ENTRIES,
      late: ["./one.js", "./two.js"],
    });
    await expect(linked).rejects.toThrow("helped");
  });

  it("leave out what nothing leads to", async () => {
    const { chunks, program, doctor, rest } = await linkChunks(CHUNKS, ENTRIES);
    expect(chunks.map(({ name }) => name)).not.toContain("./unused.js");
    expect(program + doctor + rest).not.toContain("never asked for");
  });
});

it("a change of the doctor leaves what a job of assume-role carries as it was, to the byte", async () => {
  const before = readBuiltBundle();
  const copy = copyProject();
  try {
    const doctor = join(copy.folder, "src/commands/doctor/doctor.ts");
    writeFileSync(doctor, `${readFileSync(doctor, "utf8")}\nglobalThis.name = "something else";\n`);
    const after = await bundleScript(copy.folder);
    expect(after.code.equals(before.code)).toBe(false);
    expect(after.assumeRoleCode.equals(before.assumeRoleCode)).toBe(true);
  } finally {
    copy.remove();
  }
});

it("what is for the command line only travels with no job", () => {
  const { code, doctorCode, assumeRoleCode } = readBuiltBundle();
  for (const text of ["Action=GetRole", "Usage: ", "Did you mean", "existing-provider", "standard input"]) {
    expect(code.includes(text), text).toBe(true);
    expect(doctorCode.includes(text), text).toBe(false);
  }
  const [firstLine = ""] = code.toString("latin1").split("\n");
  expect(firstLine).toBe("#!/usr/bin/env node");
  expect(code.subarray(firstLine.length + 1).indexOf(doctorCode)).toBe(0);
  expect(doctorCode.subarray(0, assumeRoleCode.length).equals(assumeRoleCode)).toBe(true);
});
