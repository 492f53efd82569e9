import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `src/foundation/version.ts`, from package.json. The bundle is made of it, so it comes first.
 *
 * The SDK's own file for its version holds its scripts and dependencies too, which the bundle would carry along.
 */
export function renderVersionModule(root: string): string {
  const { version, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return [
    "/** The version of package.json; `npm run build` writes it here. */",
    `export const VERSION = ${JSON.stringify(version)};`,
    "",
    "/** That of the AWS SDK, of whose parts the client of STS is made. */",
    `export const SDK_VERSION = ${JSON.stringify(dependencies["@aws-sdk/client-sts"])};`,
    "",
  ].join("\n");
}
