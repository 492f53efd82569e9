import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The modules that hold versions, by path, from package.json. The bundle is made of them, so they come first.
 *
 * The SDK's own file for its version holds its scripts and dependencies too, which the bundle would carry along.
 */
export function renderVersionModules(root: string): ReadonlyMap<string, string> {
  const { version, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return new Map([
    [
      "src/foundation/version.ts",
      `/** The version of package.json; \`npm run build\` writes it here. */\nexport const VERSION = ${JSON.stringify(version)};\n`,
    ],
    [
      "src/edge/sdk-version.ts",
      `/** That of the AWS SDK in package.json, of whose parts the client of STS is made; \`npm run build\` writes it here. */\nexport const SDK_VERSION = ${JSON.stringify(dependencies["@aws-sdk/client-sts"])};\n`,
    ],
  ]);
}
