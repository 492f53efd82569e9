/**
 * Draws the pictures of the documentation: job logs from what `dist/aws-oidc.cjs` prints and, if there is a browser,
 * the playground from the page itself: `npm run pictures`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BROWSER, NO_BROWSER } from "../test/browser/browser.ts";
import { drawJobLogs } from "./job-logs.ts";
import { photographPlayground } from "./playground-pictures.ts";

const root = join(import.meta.dirname, "..");

function write(path: string, picture: string | Buffer): void {
  writeFileSync(join(root, path), picture);
  console.log(path);
}

for (const [path, svg] of await drawJobLogs(root, join(root, "dist/aws-oidc.cjs"))) write(path, svg);
if (BROWSER === undefined) console.log(`${NO_BROWSER} Its pictures stay as they are.`);
else for (const [path, png] of await photographPlayground(root, BROWSER)) write(path, png);
