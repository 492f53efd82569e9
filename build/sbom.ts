import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "./bundle.ts";
import { bundledPackages } from "./licences.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * Renders the software bill of materials of a released file: exactly the packages with code in it.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function renderSbom(root: string, { code, metafile }: Pick<Bundle, "code" | "metafile">): string {
  const { name, version, license } = readManifest(root, "");
  const lock: unknown = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const sbom = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        name,
        version,
        licenses: [{ license: { id: license } }],
        hashes: [{ alg: "SHA-256", content: createHash("sha256").update(code).digest("hex") }],
      },
    },
    components: bundledPackages(metafile).map((folder) =>
      describePackage(root, folder, integrityOf(lock, folder)),
    ),
  };
  return `${JSON.stringify(sbom, undefined, 2)}\n`;
}

function describePackage(root: string, folder: string, integrity: string): object {
  const { name, version, license } = readManifest(root, folder);
  const purl = `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
  const [, algorithm = "", digest = ""] = integrity.match(/^sha(\d+)-(.+)$/) ?? [];
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    licenses: [{ license: { id: license } }],
    hashes: [{ alg: `SHA-${algorithm}`, content: Buffer.from(digest, "base64").toString("hex") }],
  };
}

function integrityOf(lock: unknown, folder: string): string {
  const { packages } = lock as {
    packages: Readonly<Record<string, { readonly integrity?: string } | undefined>>;
  };
  const integrity = packages[folder]?.integrity;
  if (integrity === undefined) throw new Error(`package-lock.json has no integrity of ${folder}`);
  return integrity;
}

function readManifest(root: string, folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}
