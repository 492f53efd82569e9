import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The modules with versions, by path, from package.json. The bundle contains them, so they come first.
 *
 * The SDK's own file for its version also has its scripts and dependencies, which the bundle would carry.
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
      `/** The version of the AWS SDK in package.json, whose parts make up the STS client; \`npm run build\` writes it here. */\nexport const SDK_VERSION = ${JSON.stringify(dependencies["@aws-sdk/client-sts"])};\n`,
    ],
  ]);
}
