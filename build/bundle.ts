import { basename, join } from "node:path";
import { build, type Metafile, type OutputFile } from "esbuild";
import { assertBundle } from "./bundle-guard.ts";
import { type Chunk, type Entries, linkChunks } from "./chunks.ts";

/**
 * What a job of the component `assume-role` may load with `import()`. Everything else loaded that way comes after it in
 * the script, and does not travel with those jobs.
 */
const LATE_IN_JOBS: readonly string[] = ["src/edge/requests.ts", "src/commands/sts-failure.ts"];

/**
 * Packages that the SDK imports dynamically, in code that we never reach: its own client's default credential chain,
 * and event streams, which STS does not have. esbuild would keep these imports, and everything they share with the
 * rest, before noticing that nothing uses them. The guard checks that the bundle loads neither.
 */
const NEVER_REACHED: readonly string[] = ["@aws-sdk/credential-provider-node", "@smithy/core/event-streams"];
/**
 * What a job of the component `doctor` may load in addition. The rest is for the command line, and travels with no job.
 */
const LATE_IN_DOCTOR: readonly string[] = [
  "src/commands/doctor/doctor.ts",
  "src/config/inputs/doctor-inputs.ts",
  "src/edge/pages.ts",
];

/**
 * Makes a file a program that a shell can start. A job compiles its part from memory, where that line is an error.
 */
const FIRST_LINE = "#!/usr/bin/env node\n";

export interface Bundle {
  /** One CommonJS file in ASCII. The one from {@link bundleScript} begins with a line for the shell. */
  readonly code: Buffer;
  /** The first part of the code, a complete program: everything that a job of the component `assume-role` needs. */
  readonly assumeRoleCode: Buffer;
  /** That, and what a job of the component `doctor` needs in addition. */
  readonly doctorCode: Buffer;
  /** What went in, for the licences and the guard. */
  readonly metafile: Metafile;
}

/**
 * Bundles `src/main.ts` and everything it needs into one executable file. The same source gives the same bytes, in any
 * folder.
 *
 * @throws if the file contains something that it must not, or lacks something
 */
export async function bundleScript(root: string): Promise<Bundle> {
  const bundle = await bundleEntry(root, "src/main.ts");
  assertBundle(bundle);
  const entries = Object.values(bundle.metafile.outputs).map(({ entryPoint }) => entryPoint);
  const gone = [...LATE_IN_JOBS, ...LATE_IN_DOCTOR].filter((module) => !entries.includes(module));
  if (gone.length > 0) throw new Error(`nothing loads ${gone.join(", ")} with import(): see LATE_IN_JOBS`);
  return { ...bundle, code: Buffer.concat([Buffer.from(FIRST_LINE), bundle.code]) };
}

/** Bundles a module and everything it needs, the way the script is bundled. */
export async function bundleEntry(root: string, entryPoint: string): Promise<Bundle> {
  const { outputFiles, metafile } = await split(root, entryPoint);
  const all = Object.entries(metafile.outputs);
  const nameOf = createChunkNames(metafile);
  const linked = await linkChunks(
    all.map(([path, output]) => toChunk(path, output, { files: outputFiles, nameOf })),
    findEntries(metafile, { entryPoint, nameOf }),
  );
  const names = linked.chunks.map(({ name }) => name);
  const outputs = Object.fromEntries(all.filter(([path]) => names.includes(nameOf(path))));
  return {
    code: Buffer.from(linked.program + linked.doctor + escapeControls(linked.rest)),
    assumeRoleCode: Buffer.from(linked.program),
    doctorCode: Buffer.from(linked.program + linked.doctor),
    metafile: { inputs: metafile.inputs, outputs },
  };
}

/** Control characters, which esbuild writes into strings as they are, as escapes, so that the file is readable text. */
function escapeControls(code: string): string {
  return code.replaceAll(/[^\t\n\x20-\u{10ffff}]|\x7f/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** The entry point's own chunk, and every chunk that it loads with `import()`, directly or indirectly. */
function findEntries(
  { outputs }: Metafile,
  { entryPoint, nameOf }: { readonly entryPoint: string; readonly nameOf: ChunkNames },
): Entries {
  const first = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entryPoint);
  if (first === undefined) throw new Error(`esbuild gave no output for ${entryPoint}`);
  const reached = new Set([first]);
  for (const path of reached) {
    for (const edge of outputs[path]?.imports ?? []) if (!edge.external) reached.add(edge.path);
  }
  const asked = [...reached].slice(1).filter((path) => outputs[path]?.entryPoint !== undefined);
  const isIn =
    (modules: readonly string[]) =>
    (path: string): boolean =>
      modules.includes(outputs[path]?.entryPoint ?? "");
  const isInJobs = isIn([...LATE_IN_JOBS, ...LATE_IN_DOCTOR]);
  return {
    first: nameOf(first),
    late: asked.filter(isIn(LATE_IN_JOBS)).map(nameOf),
    doctor: asked.filter(isIn(LATE_IN_DOCTOR)).map(nameOf),
    rest: asked.filter((path) => !isInJobs(path)).map(nameOf),
  };
}

/** Bundles without minifying, which comes later, when the scopes are known. */
function split(root: string, entryPoint: string) {
  return build({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    outdir: "dist",
    bundle: true,
    splitting: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node20",
    charset: "ascii",
    legalComments: "none",
    // ES module sources can be tree-shaken; `conditions` must stay unset, or esbuild drops its own "module" condition.
    mainFields: ["module", "main"],
    // Its build for Node is CommonJS, and the helpers to load that would travel with every job.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    metafile: true,
    logLevel: "silent",
    external: [...NEVER_REACHED],
  });
}

function toChunk(
  path: string,
  { imports }: Metafile["outputs"][string],
  { files, nameOf }: { readonly files: readonly OutputFile[]; readonly nameOf: ChunkNames },
): Chunk {
  const inside = imports.filter(({ external }) => !external);
  const text = files.find((file) => basename(file.path) === basename(path))?.text ?? "";
  return {
    name: nameOf(path),
    text: inside.reduce(
      (renamed, edge) => renamed.replaceAll(`"./${basename(edge.path)}"`, JSON.stringify(nameOf(edge.path))),
      text,
    ),
    imports: inside.filter(({ kind }) => kind === "import-statement").map((edge) => nameOf(edge.path)),
  };
}

/** The name of the chunk that esbuild wrote to a path. */
type ChunkNames = (path: string) => string;

/**
 * Names each chunk after a module in it: the one loaded with `import()`, or else its first. esbuild's own names contain
 * content hashes, so a change of the doctor would change what `assume-role` carries.
 */
function createChunkNames({ outputs }: Metafile): ChunkNames {
  return (path) => {
    const { entryPoint, inputs = {} } = outputs[path] ?? {};
    if (entryPoint !== undefined) return `./${entryPoint}`;
    return `./shared/${Object.keys(inputs)[0] ?? basename(path)}`;
  };
}
