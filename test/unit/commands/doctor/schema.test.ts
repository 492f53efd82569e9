import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeProblems } from "../../../../src/commands/doctor/encode.ts";
import { DOCTOR_SCHEMA, findSchemaFaults } from "../../../harness/doctor-schema.ts";

/** Every run of the doctor in a test is checked against the schema: see `assertDoctorJson`. Here, that it can fail. */
describe("the schema of what is printed for machines", () => {
  const answer = JSON.parse(encodeProblems([{ subject: "a", found: "b", expected: "c", fix: "d" }]).json);

  it("takes what is printed", () => {
    expect(findSchemaFaults(answer)).toEqual([]);
  });

  it.each([
    ["another version", { ...answer, schemaVersion: 2 }],
    ["another verdict", { ...answer, verdict: "fine" }],
    ["a member that is missing", { ...answer, checks: undefined }],
    ["a member that nobody documented", { ...answer, surprise: true }],
    ["a problem without a fix", { ...answer, problems: [{ subject: "a", found: "b", expected: "c" }] }],
  ])("does not take %s", (_, other) => {
    expect(findSchemaFaults(JSON.parse(JSON.stringify(other)))).not.toEqual([]);
  });

  it("says in each description a whole sentence", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../../docs/doctor.schema.json"), "utf8");
    const descriptions = [...text.matchAll(/"description": "([^"]+)"/g)].map(([, sentence]) => sentence);
    expect(descriptions.length).toBeGreaterThan(30);
    for (const sentence of descriptions) expect(sentence).toMatch(/^[A-Z`].*[.`A-Z]$/);
    expect(DOCTOR_SCHEMA.properties.schemaVersion).toEqual({ const: answer.schemaVersion });
  });
});
