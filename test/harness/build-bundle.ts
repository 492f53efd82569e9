import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleScript } from "../../build/bundle.ts";
import { renderScript } from "../../build/outputs.ts";

const root = join(import.meta.dirname, "../..");

/** Bundles the source once per test run, so that the tests run what would be shipped now, not what was built last. */
export async function setup(project: TestProject): Promise<() => void> {
  const bundle = await bundleScript(root);
  const { code, assumeRoleCode, doctorCode, metafile } = bundle;
  const folder = mkdtempSync(join(tmpdir(), "aws-oidc-bundle-"));
  const write = (name: string, text: string | Buffer): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  project.provide("bundle", write("aws-oidc.cjs", renderScript(root, bundle)));
  project.provide("assumeRoleBundle", write("assume-role.cjs", assumeRoleCode));
  project.provide("doctorBundle", write("doctor.cjs", doctorCode));
  project.provide("bundleAlone", write("alone.cjs", code));
  project.provide("bundleMetafile", write("metafile.json", JSON.stringify(metafile)));
  return () => rmSync(folder, { recursive: true, force: true });
}

declare module "vitest" {
  interface ProvidedContext {
    bundle: string;
    /** The part of it that a job of `assume-role` carries. */
    assumeRoleBundle: string;
    /** The part of it that a job of `doctor` carries. */
    doctorBundle: string;
    /** The script before the templates are appended. */
    bundleAlone: string;
    /** What went into it. */
    bundleMetafile: string;
  }
}
