import { readdirSync } from "node:fs";
import { join } from "node:path";

/* Stands in for `find . -type f`, the one way in which gitlab-ci-local calls find. */

if (process.argv.slice(2).join(" ") !== ". -type f") {
  console.error("find: only `find . -type f` is supported");
  process.exit(1);
}
for (const entry of readdirSync(".", { recursive: true, withFileTypes: true })) {
  if (entry.isFile()) console.log(`./${join(entry.parentPath, entry.name)}`);
}
