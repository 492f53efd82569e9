import { readFileSync } from "node:fs";
import { join, sep } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Modules of the SDK, by their published names, of which no request of ours needs most of what they hold, and the file in
 * `build/sdk-stand-ins/` that takes their place.
 */
export const STAND_INS: Readonly<Record<string, string>> = {
  "@aws-sdk/client-sts": "client-sts.ts",
  "@aws-sdk/credential-provider-node": "credential-provider-node.ts",
  "@smithy/core/event-streams": "event-streams.ts",
  "@smithy/core/protocols": "protocols.ts",
  "@smithy/core/serde": "serde.ts",
};

export const STAND_IN_FOLDER = "build/sdk-stand-ins";

/**
 * Takes out of the bundle what the SDK carries for other programs than this one, where its packages publish a seam.
 *
 * A module that a stand-in asks for is always the original, so that a stand-in can build on it.
 */
export function trimSdk(root: string): Plugin {
  const folder = join(root, STAND_IN_FOLDER);
  return {
    name: "trim-sdk",
    setup(build) {
      build.onResolve({ filter: /^@(?:aws-sdk|smithy)\// }, ({ path, importer }) => {
        const standIn = STAND_INS[path];
        if (standIn === undefined || importer.startsWith(folder + sep)) return undefined;
        return { path: join(folder, standIn), sideEffects: false };
      });
      // The SDK wants to know its version, not its scripts and development dependencies.
      build.onLoad({ filter: /[\\/]client-sts[\\/]package\.json$/ }, ({ path }) => {
        const { version } = JSON.parse(readFileSync(path, "utf8"));
        return { contents: JSON.stringify({ version }), loader: "json" };
      });
    },
  };
}
