import { build, type Plugin } from "esbuild";
import { END_OF_DOCTOR, END_OF_PROGRAM } from "../src/edge/sandbox/script-parts.ts";

/** One of the ES modules that esbuild splits a program into: what `import()` loads is separate from the rest. */
export interface Chunk {
  /** As other chunks import it: `./chunk-ABCDEFGH.js`. */
  readonly name: string;
  readonly text: string;
  /** Names of the chunks that it always needs; not those that it loads with `import()`. */
  readonly imports: readonly string[];
}

/** Chunks that are loaded together. */
interface Part {
  /** The name of its entry. */
  readonly name: string;
  readonly chunks: readonly Chunk[];
}

export interface LinkedChunks {
  /** The program without what is only in `doctor` and `rest`; a complete program. */
  readonly program: string;
  /** Comes after the program in jobs of the doctor. */
  readonly doctor: string;
  /** Comes after both on the command line only. */
  readonly rest: string;
  /** What is in the two; unreachable chunks are left out. */
  readonly chunks: readonly Chunk[];
}

/** Names of chunks. */
export interface Entries {
  /** Runs at once. */
  readonly first: string;
  /** Loaded with `import()`, in the order in which they get shared chunks. */
  readonly late: readonly string[];
  /** Also loaded with `import()`, but not by jobs of `assume-role`. */
  readonly doctor: readonly string[];
  /** Loaded only on the command line, by no job. */
  readonly rest: readonly string[];
}

/**
 * Links chunks into one CommonJS file: the first entry runs at once, the others are functions that are called on
 * demand.
 */
export async function linkChunks(
  all: readonly Chunk[],
  { first, late, doctor, rest }: Entries,
): Promise<LinkedChunks> {
  const parts = divide(all, [first, ...late, ...doctor, ...rest]);
  const bodies = await Promise.all(parts.map((part) => bundlePart(part, parts)));
  const texts = parts.map(({ name }, index) =>
    name === first
      ? `${bodies[index]}\nconst eager=module.exports;`
      : `late[${JSON.stringify(name)}]=function(require,module,exports){${bodies[index]}\n};`,
  );
  const [start, ...registered] = texts;
  const program = [
    '"use strict";',
    LOADER.replace("FIRST", first),
    ...registered.slice(0, late.length),
    start,
    `${END_OF_PROGRAM}\n`,
  ];
  return {
    program: program.join("\n"),
    doctor: [...registered.slice(late.length, late.length + doctor.length), `${END_OF_DOCTOR}\n`].join("\n"),
    rest: [...registered.slice(late.length + doctor.length), ""].join("\n"),
    chunks: parts.flatMap(({ chunks }) => chunks),
  };
}

/** Every chunk is with the first entry that needs it. */
function divide(all: readonly Chunk[], entries: readonly string[]): readonly Part[] {
  const placed = new Set<Chunk>();
  return entries.map((name) => {
    const chunks = reach(name, all).filter((chunk) => !placed.has(chunk));
    for (const chunk of chunks) placed.add(chunk);
    return { name, chunks };
  });
}

function reach(entry: string, all: readonly Chunk[]): readonly Chunk[] {
  const reached = new Set(all.filter(({ name }) => name === entry));
  for (const { imports } of reached) {
    for (const other of all) if (imports.includes(other.name)) reached.add(other);
  }
  return [...reached];
}

/** Creates one CommonJS module from a part, with all exports of those of its chunks that others load. */
async function bundlePart({ name, chunks }: Part, parts: readonly Part[]): Promise<string> {
  const others = parts.flatMap((part) => (part.name === name ? [] : part.chunks));
  const asked = new Set([name, ...others.flatMap(({ imports }) => imports)]);
  const exported = chunks.filter((chunk) => asked.has(chunk.name));
  const { outputFiles } = await build({
    stdin: { contents: exported.map((chunk) => `export * from ${JSON.stringify(chunk.name)};`).join("\n") },
    bundle: true,
    write: false,
    // All imports are handled below; "node" would add a list of exports that nobody reads.
    platform: "neutral",
    format: "cjs",
    target: "node20",
    charset: "ascii",
    minify: true,
    legalComments: "none",
    // On Node 22 and later `import("node:http")` loads undici, which costs 40 ms; `require` does not.
    supported: { "dynamic-import": false },
    logLevel: "silent",
    // Two chunks that export the same name: esbuild would silently leave out both.
    logOverride: { "ambiguous-reexport": "error" },
    plugins: [fromMemory(chunks, parts)],
  });
  return (outputFiles[0]?.text ?? "").trim();
}

/** Chunks of the part are bundled; those of others, and Node's modules, are left to `require`. */
function fromMemory(chunks: readonly Chunk[], parts: readonly Part[]): Plugin {
  const partOf = new Map(parts.flatMap((part) => part.chunks.map((chunk) => [chunk.name, part.name])));
  return {
    name: "chunks-from-memory",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /./ }, ({ path }) =>
        chunks.some(({ name }) => name === path)
          ? { path, namespace: "chunk" }
          : { path: partOf.get(path) ?? path, external: true },
      );
      onLoad({ filter: /./, namespace: "chunk" }, ({ path }) => ({
        contents: chunks.find(({ name }) => name === path)?.text ?? "",
        loader: "js",
      }));
    },
  };
}

/** Replaces `require`: returns chunks, and leaves Node's modules to the platform's own. */
const LOADER = `const platform=require,late={},loaded={};
require=name=>{
if(!name.startsWith("./"))return platform(name);
if(name==="FIRST")return eager;
if(!late[name])throw new Error("this script comes without "+name);
if(!loaded[name]){
const own=loaded[name]={exports:{}};
late[name](require,own,own.exports)}
return loaded[name].exports
};`;
