import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";

/**
 * Modules of the SDK, by their published names, of which no request of ours needs what they hold, and the file in
 * `build/sdk-stand-ins/` that takes their place.
 */
export const STAND_INS: Readonly<Record<string, string>> = {
  "@aws-sdk/core/client": "client.ts",
  "@aws-sdk/credential-provider-node": "credential-provider-node.ts",
  "@aws-sdk/signature-v4-multi-region": "signature-v4-multi-region.ts",
  "@smithy/core/checksum": "checksum.ts",
  "@smithy/core/event-streams": "event-streams.ts",
  "@smithy/core/retry": "retry.ts",
};

/**
 * Modules of the SDK, by their published names, of which its build for browsers is taken. That reads no settings from the
 * environment and from files, which our clients are given in full, and is otherwise the same.
 */
export const BROWSER_BUILDS: readonly string[] = [
  "@aws-sdk/core/httpAuthSchemes",
  "@smithy/core/config",
  "@smithy/core/endpoints",
];

export const STAND_IN_FOLDER = "build/sdk-stand-ins";

/** Marks the plugin's own look-ups, which it must not redirect. */
const ORIGINAL = "original";

/**
 * Takes out of the bundle what the SDK carries for other programs than this one, where its packages publish a seam.
 *
 * A module that a stand-in asks for is always the original, so that a stand-in can pass on most of it.
 */
export function trimSdk(root: string): Plugin {
  const folder = join(root, STAND_IN_FOLDER);
  return {
    name: "trim-sdk",
    setup(build) {
      build.onResolve({ filter: /^@(?:aws-sdk|smithy)\// }, async (args) => {
        if (args.pluginData === ORIGINAL || args.importer.startsWith(folder + sep)) return undefined;
        const standIn = STAND_INS[args.path];
        if (standIn !== undefined) return { path: join(folder, standIn), sideEffects: false };
        return BROWSER_BUILDS.includes(args.path) ? resolveBrowserBuild(build, args) : undefined;
      });
      // The SDK wants to know its version, not its scripts and development dependencies.
      build.onLoad({ filter: /[\\/]client-sts[\\/]package\.json$/ }, ({ path }) => {
        const { version } = JSON.parse(readFileSync(path, "utf8"));
        return { contents: JSON.stringify({ version }), loader: "json" };
      });
    },
  };
}

/** The file that the package's manifest names for browsers in the place of the one for Node. */
async function resolveBrowserBuild(
  build: PluginBuild,
  { path, kind, resolveDir }: OnResolveArgs,
): Promise<OnResolveResult> {
  const original = await build.resolve(path, { kind, resolveDir, pluginData: ORIGINAL });
  const packageFolder = /^.*[\\/]node_modules[\\/]@[^\\/]+[\\/][^\\/]+/.exec(original.path)?.[0] ?? "";
  const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const file = `./${relative(packageFolder, original.path).split(sep).join("/")}`;
  const replacement = manifest.browser?.[file];
  if (typeof replacement === "string")
    return { path: join(packageFolder, replacement), sideEffects: original.sideEffects };
  const text = `${path} no longer has a build for browsers: look for another seam, or take its row out of BROWSER_BUILDS in build/sdk-trimming.ts`;
  return { errors: [{ text }] };
}
