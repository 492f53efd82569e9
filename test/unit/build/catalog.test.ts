import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findCatalogFaults } from "../../../build/catalog.ts";
import { releaseNotes } from "../../../build/changelog.ts";

const ROOT = join(import.meta.dirname, "../../..");

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "aws-oidc-catalog-"));
  for (const name of ["README.md", "CHANGELOG.md", "package.json", "templates"]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

function edit(name: string, change: (text: string) => string): void {
  writeFileSync(join(copy, name), change(readFileSync(join(copy, name), "utf8")));
}

it("finds nothing wrong with this project", () => {
  expect(findCatalogFaults(ROOT)).toEqual([]);
});

it.each([
  ["README.md", () => "", "README.md does not begin with a title"],
  [
    "package.json",
    (text: string) => text.replace(/"description": ".*"/, '"description": ""'),
    "package.json has no description",
  ],
  [
    "package.json",
    (text: string) => text.replace(/"version": ".*"/, '"version": "1.0"'),
    "1.0 is not a semantic version",
  ],
  ["CHANGELOG.md", (text: string) => text.replace("## 1.0.0", "## 0.9.0"), "CHANGELOG.md has no notes for"],
  ["templates/helper.yaml", () => "a: 1", "templates/helper.yaml is not a component"],
  [
    "templates/web-identity.yml",
    (text: string) => text.replace("spec:", "specs:"),
    "templates/web-identity.yml has no spec",
  ],
  [
    "templates/web-identity.yml",
    (text: string) => text.replace("\n---\n", "\n"),
    "is not a spec and one configuration",
  ],
  [
    "templates/web-identity.yml",
    (text: string) => text.replace(/^ +description: .*\n/m, ""),
    "templates/web-identity.yml: the input role-arn has no description",
  ],
])("tells what is wrong with %s", (name, change, fault) => {
  if (name.endsWith(".yaml")) writeFileSync(join(copy, name), "");
  edit(name, change);
  expect(findCatalogFaults(copy).join("\n")).toContain(fault);
});

it("takes the notes of one version from the changelog", () => {
  const changelog = "# Changelog\n\n## 1.1.0\n\n- new\n\n## 1.0.0\n\n- first\n- more\n";
  expect(releaseNotes(changelog, "1.1.0")).toBe("- new");
  expect(releaseNotes(changelog, "1.0.0")).toBe("- first\n- more");
  expect(releaseNotes(changelog, "1.0")).toBeUndefined();
});
