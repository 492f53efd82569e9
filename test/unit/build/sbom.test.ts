import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderSbom } from "../../../build/sbom.ts";
import { readBuiltBundle } from "../../harness/built-bundle.ts";

const ROOT = join(import.meta.dirname, "../../..");

it("names the packages that have code in the bundle, by version and hash, and no others", () => {
  const sbom = JSON.parse(renderSbom(ROOT, readBuiltBundle()));
  const names: readonly string[] = sbom.components.map(({ name }: { name: string }) => name);
  expect(names).toContain("@aws-sdk/client-sts");
  expect(names).not.toContain("@aws-sdk/credential-provider-node");
  expect(names).not.toContain("vitest");
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  for (const { name, version, hashes } of sbom.components) {
    const locked = lock.packages[`node_modules/${name}`];
    const digest = Buffer.from(hashes[0].content, "hex").toString("base64");
    expect({ version, integrity: `${hashes[0].alg.replace("SHA-", "sha")}-${digest}` }).toEqual({
      version: locked.version,
      integrity: locked.integrity,
    });
  }
});
