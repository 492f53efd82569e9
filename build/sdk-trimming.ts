import type { Plugin } from "esbuild";

/**
 * Modules of the SDK that no request of ours reaches, by their published names, and what stands in for them.
 *
 * Each stand-in throws a clear error if it is ever reached after all.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  "@aws-sdk/credential-provider-node":
    'export const defaultProvider = () => async () => { throw new Error("no credentials were given"); };',
};

const NAMESPACE = "sdk-stand-in";

/** Takes out of the bundle what the SDK carries for other programs than this one. */
export function trimSdk(): Plugin {
  return {
    name: "trim-sdk",
    setup(build) {
      build.onResolve({ filter: /^@(?:aws-sdk|smithy|aws)\// }, ({ path }) =>
        path in STAND_INS ? { path, namespace: NAMESPACE, sideEffects: false } : undefined,
      );
      build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
        contents: STAND_INS[path] ?? "",
        loader: "js",
      }));
    },
  };
}
