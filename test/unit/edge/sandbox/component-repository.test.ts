import { readFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";
import { renderComponentFiles } from "../../../../src/edge/sandbox/component-repository.ts";
import { runtimeHash, unpackRuntime } from "../../../../src/edge/sandbox/runtime.ts";
import { appendTemplates, readScript } from "../../../../src/edge/sandbox/script-parts.ts";

describe("the components in a script", () => {
  const files = renderComponentFiles(readFileSync(inject("bundle")));

  it("carry to the byte what the components of its release carry", () => {
    const carried = [inject("assumeRoleBundle"), inject("doctorBundle")].map((path) => readFileSync(path));
    const runtimes = ["dist/runtime.yml", "dist/doctor-runtime.yml"].map((path) =>
      unpackRuntime(files[path] ?? ""),
    );
    expect(runtimes).toEqual(carried);
  });

  it("are all three, whose templates refer to what they carry", () => {
    expect(Object.keys(files).sort()).toEqual([
      "dist/doctor-runtime.yml",
      "dist/runtime.yml",
      "templates/assume-role.yml",
      "templates/doctor.yml",
      "templates/web-identity.yml",
    ]);
    const hash = runtimeHash(readFileSync(inject("assumeRoleBundle")));
    expect(files["templates/assume-role.yml"]).toContain(`.aws-oidc-runtime:${hash}`);
    expect(files["dist/runtime.yml"]).toContain(`\n.aws-oidc-runtime:${hash}:\n`);
  });

  it("are not in any other file", () => {
    expect(() => renderComponentFiles(readFileSync(inject("doctorBundle")))).toThrow(
      "this script carries no components",
    );
  });
});

it("keeps every character of a template, in ASCII", () => {
  const templates = { "templates/a.yml": "line\n\t“quoted” \u{1f600}\u0000\\" };
  const script = readFileSync(inject("doctorBundle"));
  const whole = appendTemplates(script, templates);
  expect(whole.subarray(script.length).toString("latin1")).toMatch(/^[\x20-\x7e]+\n$/);
  expect(readScript(whole)?.templates).toEqual(templates);
});
