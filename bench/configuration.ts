import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { ConfigurationSize } from "./table.ts";

const root = join(import.meta.dirname, "..");

/** Adds up what each component adds to the configuration of a pipeline that includes it. */
export function measureConfiguration(): readonly ConfigurationSize[] {
  return ["assume-role", "web-identity", "doctor"].map((component) => {
    const template = readFileSync(join(root, "templates", `${component}.yml`), "utf8");
    const body = template.slice(template.indexOf("\n---\n") + "\n---\n".length);
    const { include = [] }: { include?: readonly { readonly local: string }[] } = parse(body, {
      logLevel: "silent",
    });
    const files = include.map(({ local }) => readFileSync(join(root, local)));
    const includedBytes = [Buffer.from(body), ...files].reduce((sum, { length }) => sum + length, 0);
    return { component, includedBytes };
  });
}
