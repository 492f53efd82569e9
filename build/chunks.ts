import { build, type Plugin } from "esbuild";

/** One of the ES modules that esbuild splits a program into: what `import()` asks for comes apart from the rest. */
export interface Chunk {
  /** As other chunks import it: `./chunk-ABCDEFGH.js`. */
  readonly name: string;
  readonly text: string;
  /** Names of the chunks that it cannot do without; those that it only asks for with `import()` are not among them. */
  readonly imports: readonly string[];
}

/** Chunks that are loaded together, as one CommonJS module. */
interface Part {
  readonly chunks: readonly Chunk[];
  /** Names of the chunks that others ask for. */
  readonly exported: readonly string[];
  readonly body: string;
}

export interface LinkedChunks {
  /** The program without what is only in `doctor` and `rest`; a program by itself. */
  readonly program: string;
  /** Comes after the program in jobs of the doctor. */
  readonly doctor: string;
  /** Comes after both on the command line only. */
  readonly rest: string;
  /** What is in the two: a chunk that nothing leads to is left out. */
  readonly chunks: readonly Chunk[];
}

/** Names of chunks. */
export interface Entries {
  /** Runs at once. */
  readonly first: string;
  /** Asked for with `import()`, in the order in which they get the chunks that they share. */
  readonly late: readonly string[];
  /** Asked for with `import()` too, but not by jobs of `assume-role`. */
  readonly doctor: readonly string[];
  /** Asked for on the command line, and by no job. */
  readonly rest: readonly string[];
}

/** Links chunks into one CommonJS file: the first entry runs at once, the others are functions that are called when asked for. */
export async function linkChunks(
  all: readonly Chunk[],
  { first, late, doctor, rest }: Entries,
): Promise<LinkedChunks> {
  const entries = [first, ...late, ...doctor, ...rest];
  const parts = await bundleParts(divide(all, entries), { all, entries });
  const [eager, ...others] = parts;
  const registered = others.map(register);
  const start = `${eager?.body}\nconst eager=module.exports;module.exports=eager[${JSON.stringify(first)}];`;
  const program = [
    '"use strict";',
    LOADER,
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

/** A line by which the program can be told from the rest. */
export const END_OF_PROGRAM = "// The end of what a job of assume-role carries.";

/** A line by which what jobs carry can be told from what is for the command line. */
export const END_OF_DOCTOR = "// The end of what a job of doctor carries.";

/** Every chunk that an entry needs lies with the first entry that needs it. */
function divide(all: readonly Chunk[], entries: readonly string[]): readonly (readonly Chunk[])[] {
  const placed = new Set<Chunk>();
  return entries.map((entry) => {
    const own = reach(entry, all).filter((chunk) => !placed.has(chunk));
    for (const chunk of own) placed.add(chunk);
    return own;
  });
}

function reach(entry: string, all: readonly Chunk[]): readonly Chunk[] {
  const reached = new Set(all.filter(({ name }) => name === entry));
  for (const { imports } of reached) {
    for (const other of all) if (imports.includes(other.name)) reached.add(other);
  }
  return [...reached];
}

async function bundleParts(
  divisions: readonly (readonly Chunk[])[],
  { all, entries }: { readonly all: readonly Chunk[]; readonly entries: readonly string[] },
): Promise<readonly Part[]> {
  return Promise.all(
    divisions.map(async (chunks) => {
      const outside = all.filter((chunk) => !chunks.includes(chunk));
      const asked = new Set([...entries, ...outside.flatMap(({ imports }) => imports)]);
      const exported = chunks.map(({ name }) => name).filter((name) => asked.has(name));
      return { exported, chunks, body: await bundlePart(chunks, exported) };
    }),
  );
}

/** Makes one CommonJS module of chunks; it exports each of `exported`, by its name, whole. */
async function bundlePart(chunks: readonly Chunk[], exported: readonly string[]): Promise<string> {
  const names = exported.map((name) => JSON.stringify(name));
  const { outputFiles } = await build({
    stdin: { contents: names.map((name) => `export * as ${name} from ${name};`).join("\n") },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    charset: "ascii",
    minify: true,
    legalComments: "none",
    // On Node 22 and later `import("node:http")` loads undici, which costs 40 ms; `require` does not.
    supported: { "dynamic-import": false },
    logLevel: "silent",
    plugins: [fromMemory(chunks)],
  });
  return (outputFiles[0]?.text ?? "").trim();
}

/** Chunks of the part are bundled; those of others, and the modules of Node, are left to `require`. */
function fromMemory(chunks: readonly Chunk[]): Plugin {
  return {
    name: "chunks-from-memory",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /./ }, ({ path }) =>
        chunks.some(({ name }) => name === path) ? { path, namespace: "chunk" } : { path, external: true },
      );
      onLoad({ filter: /./, namespace: "chunk" }, ({ path }) => ({
        contents: chunks.find(({ name }) => name === path)?.text ?? "",
        loader: "js",
      }));
    },
  };
}

/** Makes a part known, under each of the names that others ask for. */
function register({ exported, body }: Part): string {
  return `add(${JSON.stringify(exported)},function(require,module,exports){${body}\n});`;
}

/** Takes the place of `require`: gives chunks, and leaves the modules of Node to the platform's own. */
const LOADER = `const platform=require,late={},loaded=new Map();
const add=(names,part)=>names.forEach(name=>{late[name]=part});
require=name=>{
if(!name.startsWith("./"))return platform(name);
const part=late[name];
if(!part&&name in eager)return eager[name];
if(!part)throw new Error("this script comes without "+name);
if(!loaded.has(part)){
const own={exports:{}};
loaded.set(part,own);
part(require,own,own.exports)}
return loaded.get(part).exports[name]
};`;
