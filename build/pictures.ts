/** Draws the pictures of the documentation, those of job logs from what `dist/aws-oidc.cjs` prints: `npm run pictures`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderPictures } from "./pictures/index.ts";

const root = join(import.meta.dirname, "..");
for (const [path, svg] of await renderPictures(root, join(root, "dist/aws-oidc.cjs"))) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), svg);
  console.log(path);
}
