/** Draws the pictures of job logs from what `dist/aws-oidc.cjs` prints: `npm run pictures`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawJobLogs } from "./job-logs.ts";

const root = join(import.meta.dirname, "..");
for (const [path, svg] of await drawJobLogs(root, join(root, "dist/aws-oidc.cjs"))) {
  writeFileSync(join(root, path), svg);
  console.log(path);
}
