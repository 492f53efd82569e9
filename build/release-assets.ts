/** Creates a release's downloads and notes: `npm run release:assets -- <tag>`. */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpackRuntime } from "../src/edge/sandbox/runtime.ts";
import { bundleScript } from "./bundle.ts";
import { findCatalogFaults } from "./catalog.ts";
import { releaseNotes } from "./changelog.ts";
import { renderNpmPackage } from "./npm-package.ts";
import { renderScript } from "./outputs.ts";
import { renderPlayground, unpackPlayground } from "./playground.ts";
import { renderSbom } from "./sbom.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "release");
const [tag] = process.argv.slice(2);

function fail(...reasons: readonly string[]): never {
  for (const reason of reasons) console.error(`✖ ${reason}`);
  process.exit(1);
}

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
if (tag !== version)
  fail(
    `the tag is ${tag ?? "missing"}, and package.json says ${version}: tag the commit that raises the version`,
  );
const faults = findCatalogFaults(root);
if (faults.length > 0) fail(...faults);
const bundle = await bundleScript(root);
const script = renderScript(root, bundle);
const playground = await renderPlayground(root);

const read = (path: string): Buffer => readFileSync(join(root, path));
const html = read("dist/playground.html").toString("utf8");
const carries = (path: string, code: Buffer): boolean =>
  unpackRuntime(read(path).toString("utf8"))?.equals(code) === true;
const stale = [
  !script.equals(read("dist/aws-oidc.cjs")) && "dist/aws-oidc.cjs is not",
  !carries("dist/runtime.yml", bundle.assumeRoleCode) && "dist/runtime.yml does not carry",
  !carries("dist/doctor-runtime.yml", bundle.doctorCode) && "dist/doctor-runtime.yml does not carry",
  unpackPlayground(html) !== unpackPlayground(playground.html) && "dist/playground.html is not",
].filter((difference) => difference !== false);
if (stale.length > 0)
  fail(
    ...stale.map(
      (difference) => `${difference} what the source gives: run \`npm run build\` and commit the result`,
    ),
  );

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "assets"), { recursive: true });
const asset = (name: string): string => join(folder, "assets", name);
const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");
cpSync(join(root, "dist/aws-oidc.cjs"), asset("aws-oidc.cjs"));
cpSync(join(root, "dist/THIRD-PARTY-LICENSES.txt"), asset("THIRD-PARTY-LICENSES.txt"));
writeFileSync(asset("aws-oidc.tar"), renderNpmPackage(root, script));
writeFileSync(asset("assume-role.cjs"), bundle.assumeRoleCode);
writeFileSync(asset("doctor.cjs"), bundle.doctorCode);
cpSync(join(root, "docs/doctor.schema.json"), asset("doctor.schema.json"));
writeFileSync(asset("playground.html"), html);
writeFileSync(asset("sbom.cdx.json"), renderSbom(root, { ...bundle, code: script }));
writeFileSync(
  asset("playground.sbom.cdx.json"),
  renderSbom(root, { code: Buffer.from(html), metafile: playground.metafile }),
);
writeFileSync(
  asset("SHA256SUMS"),
  readdirSync(join(folder, "assets"))
    .sort()
    .map((name) => `${sha256(readFileSync(asset(name)))}  ${name}\n`)
    .join(""),
);
writeFileSync(
  join(folder, "notes.md"),
  `${releaseNotes(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version)}

## What runs

The log of a job shows the SHA-256 of the script that it runs:

| job | SHA-256 |
|---|---|
| \`assume-role\` | \`${sha256(bundle.assumeRoleCode)}\` |
| \`doctor\` | \`${sha256(bundle.doctorCode)}\` |
`,
);
console.log(`✔ The assets of ${version} are in release/.`);
