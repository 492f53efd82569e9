/**
 * Draws the pictures of the documentation: those of job logs from what `dist/aws-oidc.cjs` prints, those of the playground,
 * where there is a browser, from the page itself: `npm run pictures`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BROWSER, NO_BROWSER } from "../test/browser/browser.ts";
import { renderPictures } from "./pictures/index.ts";
import { photographPlayground } from "./pictures/playground.ts";

const root = join(import.meta.dirname, "..");

function write(path: string, picture: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), picture);
  console.log(path);
}

for (const [path, svg] of await renderPictures(root, join(root, "dist/aws-oidc.cjs"))) write(path, svg);
if (BROWSER === undefined) console.log(`${NO_BROWSER} Its pictures stay as they are.`);
else for (const [path, png] of await photographPlayground(root, BROWSER)) write(path, png);
