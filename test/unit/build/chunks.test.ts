import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import { describe, expect, it } from "vitest";
import { type Chunk, type Entries, type LinkedChunks, linkChunks } from "../../../build/chunks.ts";

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
     export const never = () => import("./rare.js");`,
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
  chunk("./unused.js", "throw new Error('never asked for');"),
];
const ENTRIES: Entries = { first: "./entry.js", late: ["./cold.js"], rest: ["./rare.js"] };

interface Program {
  readonly early: string;
  readonly later: () => Promise<Record<string, unknown>>;
  readonly never: () => Promise<Record<string, unknown>>;
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

/** What V8 compiles: the text without the comments. */
function codeOf({ program, rest }: LinkedChunks): string {
  return (program + rest).replaceAll(/\/\*[\s\S]*?\*\//g, "");
}

describe("linked chunks", () => {
  it("work as the modules did, and share what both import", async () => {
    const { program, rest } = await linkChunks(CHUNKS, ENTRIES);
    const { early, later, never } = run(program + rest);
    expect(early).toBe("1/");
    const expected = { quotes: "'\"\\\n", pattern: true, late: "2/helped 1" };
    expect({ ...(await later()) }).toMatchObject(expected);
    expect({ ...(await later()) }).toMatchObject(expected);
    expect({ ...(await never()) }).toMatchObject({ rare: "helped 2" });
  });

  it("are strict code", async () => {
    const { program } = await linkChunks(CHUNKS, ENTRIES);
    expect(await run(program).later()).toMatchObject({ self: undefined });
  });

  it("work with other line breaks too", async () => {
    const { program } = await linkChunks(CHUNKS, ENTRIES);
    expect(await run(program.replaceAll("\n", "\r\n")).later()).toMatchObject({ pattern: true });
  });

  it("hold as comments what is asked for later", async () => {
    const linked = await linkChunks(CHUNKS, ENTRIES);
    expect(linked.program + linked.rest).toContain("helped ");
    expect(codeOf(linked)).not.toContain("helped ");
  });

  it("are a program without the rest too, which says what it lacks", async () => {
    const { program } = await linkChunks(CHUNKS, ENTRIES);
    const { later, never } = run(program);
    expect(await later()).toMatchObject({ late: "2/helped 1" });
    await expect(never()).rejects.toThrow("this script comes without ./rare.js");
  });

  it("leave out what nothing leads to", async () => {
    const { chunks, program, rest } = await linkChunks(CHUNKS, ENTRIES);
    expect(chunks.map(({ name }) => name)).not.toContain("./unused.js");
    expect(program + rest).not.toContain("never asked for");
  });

  it("refuse a text that could not be told from the end of a comment", async () => {
    const text = "export const odd = `*@/`;";
    const entry = chunk("./entry.js", 'export const later = () => import("./odd.js");');
    const entries = { first: "./entry.js", late: ["./odd.js"], rest: [] };
    await expect(linkChunks([entry, chunk("./odd.js", text)], entries)).rejects.toThrow(
      "a chunk holds what the end of a comment is replaced by",
    );
  });
});
