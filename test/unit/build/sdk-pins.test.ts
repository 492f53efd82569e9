import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { assertSdkPins, findChangedPins, SDK_PINS } from "../../../build/sdk-pins.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, "node_modules", path));

/** Files of the published client that are in use, without the credential chain, which brings other clients along. */
async function modulesOfPublishedClient(): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["test/bundle/sdk-driver.ts"],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    mainFields: ["module", "main"],
    external: ["@aws-sdk/credential-provider-node"],
    logLevel: "error",
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return used.flatMap(([path]) => path.split("node_modules/").slice(1));
}

describe("the pins of the SDK", () => {
  it("cover every file by which the published client gets middleware", async () => {
    const modules = await modulesOfPublishedClient();
    const plugins = modules.filter((path) => /applyToStack|middlewareStack/.test(read(path).toString()));
    expect(plugins).toContain("@aws-sdk/client-sts/dist-es/STSClient.js");
    expect(plugins.filter((path) => SDK_PINS[path] === undefined)).toEqual([]);
  });

  it("are those of the SDK that is installed", () => {
    expect(findChangedPins(read)).toEqual([]);
    expect(() => assertSdkPins(root)).not.toThrow();
  });

  it.each(Object.keys(SDK_PINS))("find a changed %s", (path) => {
    const changed = findChangedPins((name) =>
      name === path ? Buffer.concat([read(name), Buffer.from(" ")]) : read(name),
    );
    expect(changed).toEqual([{ path, found: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  it("find a file that is gone", () => {
    const changed = findChangedPins((path) => read(path.replace("STSClient.js", "Client.js")));
    expect(changed).toEqual([{ path: "@aws-sdk/client-sts/dist-es/STSClient.js", found: "gone" }]);
  });

  it("stop the build, and say what to do", () => {
    const empty = join(root, "build");
    expect(() => assertSdkPins(empty)).toThrow(
      /^The SDK changed files .+\n- @aws-sdk\/client-sts\/.+: gone\n/,
    );
    expect(() => assertSdkPins(empty)).toThrow("then correct SDK_PINS in build/sdk-pins.ts");
  });
});
