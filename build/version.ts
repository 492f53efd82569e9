import { readFileSync } from "node:fs";
import { join } from "node:path";

/** `src/foundation/version.ts`, from package.json. The bundle is made of it, so it comes first. */
export function renderVersionModule(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return `/** The version of package.json; \`npm run build\` writes it here. */\nexport const VERSION = ${JSON.stringify(version)};\n`;
}
