import { transform } from "esbuild";

/** One of the files that esbuild splits a program into: what `import()` asks for comes apart from the rest. */
export interface Chunk {
  /** As other chunks import it: `./chunk-ABCDEFGH.js`. */
  readonly name: string;
  /** An ES module. */
  readonly text: string;
  /** Names of chunks. */
  readonly imports: readonly string[];
  readonly dynamicImports: readonly string[];
}

export interface LinkedChunks {
  readonly code: string;
  /** What is in it: a chunk that nothing imports is left out. */
  readonly chunks: readonly Chunk[];
}

/**
 * Links a chunk, and all that it imports, into one CommonJS file.
 *
 * What is imported statically stands there as code, what is imported dynamically as text: V8 parses all the code of a file
 * before it runs the first line, but only passes over a text.
 */
export async function linkChunks(entry: Chunk, all: readonly Chunk[]): Promise<LinkedChunks> {
  const eager = reach([entry], all, (chunk) => chunk.imports);
  const every = reach(eager, all, (chunk) => [...chunk.imports, ...chunk.dynamicImports]);
  const rows = await Promise.all(
    every.map(async (chunk) => {
      const body = await toCommonJs(chunk.text);
      return `${quote(chunk.name)}:${eager.includes(chunk) ? asFunction(body) : quote(body)}`;
    }),
  );
  const code = `"use strict";const chunks={\n${rows.join(",\n")}};\n${LOADER}\nmodule.exports=load(${quote(entry.name)});\n`;
  return { code, chunks: every };
}

/** The chunks themselves and those that they lead to. */
function reach(
  from: readonly Chunk[],
  all: readonly Chunk[],
  next: (chunk: Chunk) => readonly string[],
): readonly Chunk[] {
  const reached = new Set(from);
  for (const chunk of reached) {
    for (const other of all) if (next(chunk).includes(other.name)) reached.add(other);
  }
  return [...reached];
}

async function toCommonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20",
    charset: "ascii",
    minify: true,
    // On Node 22 and later `import("node:http")` loads undici, which costs 40 ms; `require` does not.
    supported: { "dynamic-import": false },
  });
  return code.trim();
}

/** In parentheses, by which V8 knows that it is about to be called, and does not parse it twice. */
function asFunction(body: string): string {
  return `(function(require,module,exports){${body}\n})`;
}

/** In single quotes, of which minified code has few. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\'\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`))}'`;
}

/** Gives each chunk the `require` of CommonJS, for other chunks and for the modules of Node. */
const LOADER = `const loaded={};
function load(name){
if(!Object.hasOwn(chunks,name))return require(name);
if(Object.hasOwn(loaded,name))return loaded[name].exports;
const module=loaded[name]={exports:{}},chunk=chunks[name];
const run=typeof chunk==="string"?require("node:vm").compileFunction('"use strict";'+chunk,["require","module","exports"],{filename:name}):chunk;
run(load,module,module.exports);
return module.exports
}`;
