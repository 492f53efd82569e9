import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/** Renders the licences of every package with code in one of the files, by file name. */
export function renderLicences(root: string, files: Readonly<Record<string, Metafile>>): string {
  const parts = Object.entries(files).map(
    ([file, metafile]) => `${file} contains code of these packages.\n\n${renderLicenceTexts(root, metafile)}`,
  );
  return parts.join(`\n${"=".repeat(80)}\n\n`);
}

/** The licences of one file's contents, one below the other. */
export function renderLicenceTexts(root: string, metafile: Metafile): string {
  const packages = bundledPackages(metafile).map((folder) => readPackage(root, folder));
  const sections = packages.map(
    ({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text.trim()}\n`,
  );
  return sections.join(`\n${"-".repeat(80)}\n\n`);
}

/** Folders of the packages with code in the output, sorted. */
export function bundledPackages(metafile: Metafile): readonly string[] {
  const inputs = Object.values(metafile.outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = inputs.map(([path]) => path.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function readPackage(root: string, folder: string): Package {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
  const text =
    file === undefined
      ? `Licensed under ${manifest.license}.`
      : readFileSync(join(root, folder, file), "utf8");
  return { name: manifest.name, version: manifest.version, licence: manifest.license, text };
}
