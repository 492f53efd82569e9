import { basename } from "node:path";
import { build, type Metafile, type OutputFile } from "esbuild";
import { assertBundle } from "./bundle-guard.ts";
import { type Chunk, linkChunks } from "./chunks.ts";
import { assertSdkPins } from "./sdk-pins.ts";
import { trimSdk } from "./sdk-trimming.ts";

export interface Bundle {
  /** One CommonJS file in ASCII, so that it can be compiled from memory. */
  readonly code: Buffer;
  /** What went in, for the licences and the guard. */
  readonly metafile: Metafile;
}

/**
 * Bundles `src/main.ts` and all it needs into one file. The same source gives the same bytes, in any folder.
 *
 * @throws when something is in the file that must not be, or the other way round, and when the SDK is not the one that its
 * stand-ins were written for
 */
export async function bundleScript(root: string): Promise<Bundle> {
  assertSdkPins(root);
  const bundle = await bundleEntry(root, "src/main.ts");
  assertBundle(bundle);
  return bundle;
}

/** Bundles a module and all it needs the way the script is bundled. */
export async function bundleEntry(root: string, entryPoint: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
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
    minify: true,
    legalComments: "none",
    // The sources in ES modules can be shaken; `conditions` must stay unset, or esbuild drops its own "module" condition.
    mainFields: ["module", "main"],
    metafile: true,
    logLevel: "silent",
    plugins: [trimSdk(root)],
  });
  const chunks = Object.entries(metafile.outputs).map(([path, output]) => toChunk(path, output, outputFiles));
  const entry = chunks.find((_, index) => Object.values(metafile.outputs)[index]?.entryPoint === entryPoint);
  if (entry === undefined) throw new Error(`esbuild gave no output for ${entryPoint}`);
  const linked = await linkChunks(entry, chunks);
  const names = linked.chunks.map(({ name }) => name);
  const outputs = Object.entries(metafile.outputs).filter(([path]) => names.includes(chunkName(path)));
  return {
    code: Buffer.from(linked.code),
    metafile: { inputs: metafile.inputs, outputs: Object.fromEntries(outputs) },
  };
}

function toChunk(
  path: string,
  { imports }: Metafile["outputs"][string],
  files: readonly OutputFile[],
): Chunk {
  const own = imports.filter(({ external }) => !external);
  const named = (kind: string): readonly string[] =>
    own.filter((edge) => edge.kind === kind).map((edge) => chunkName(edge.path));
  return {
    name: chunkName(path),
    text: files.find((file) => basename(file.path) === basename(path))?.text ?? "",
    imports: named("import-statement"),
    dynamicImports: named("dynamic-import"),
  };
}

function chunkName(path: string): string {
  return `./${basename(path)}`;
}
