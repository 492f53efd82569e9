import { build, type Metafile } from "esbuild";
import { trimSdk } from "./sdk-trimming.ts";

export interface Bundle {
  /** One CommonJS file in ASCII, so that it can be compiled from memory. */
  readonly code: Buffer;
  /** What went in, for the licences and the guards. */
  readonly metafile: Metafile;
}

/** Bundles `src/main.ts` and all it needs into one file. The same source gives the same bytes, in any folder. */
export async function bundleScript(root: string): Promise<Bundle> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ["src/main.ts"],
    outfile: "dist/aws-oidc.cjs",
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    charset: "ascii",
    minify: true,
    legalComments: "none",
    // The sources in ES modules can be shaken; `conditions` must stay unset, or esbuild drops its own "module" condition.
    mainFields: ["module", "main"],
    // On Node 22 and later `import("node:http")` loads undici, which costs 40 ms; `require` does not.
    supported: { "dynamic-import": false },
    metafile: true,
    logLevel: "silent",
    plugins: [trimSdk()],
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error("esbuild gave no output");
  return { code: Buffer.from(output.contents), metafile: result.metafile };
}
