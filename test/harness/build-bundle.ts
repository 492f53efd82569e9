import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleScript } from "../../build/bundle.ts";

const root = join(import.meta.dirname, "../..");

/** Bundles the source once per test run, so that the tests run what would be shipped now, not what was built last. */
export async function setup(project: TestProject): Promise<void> {
  const file = join(root, "node_modules/.cache/aws-oidc/aws-oidc.cjs");
  const { code } = await bundleScript(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  project.provide("bundle", file);
}

declare module "vitest" {
  interface ProvidedContext {
    bundle: string;
  }
}
