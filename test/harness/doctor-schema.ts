import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";

const file = join(import.meta.dirname, "../../docs/doctor.schema.json");

/** The schema as it is published. */
export const DOCTOR_SCHEMA: AnySchemaObject = JSON.parse(readFileSync(file, "utf8"));

const ajv = new Ajv2020({ allErrors: true });
const validate = ajv.compile(DOCTOR_SCHEMA);
const validateClosed = ajv.compile(closed(DOCTOR_SCHEMA) as AnySchemaObject);

/** The same, in which every object has only what is documented. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return Object.hasOwn(schema, "properties") ? { ...members, additionalProperties: false } : members;
}

/** What is wrong with an answer for machines, by the published schema or by what it does not document. */
export function findSchemaFaults(answer: unknown): readonly string[] {
  return [validate, validateClosed].flatMap((check) => {
    check(answer);
    return (check.errors ?? []).map(({ instancePath, message, params }) => {
      return `${instancePath} ${message} ${JSON.stringify(params)}`;
    });
  });
}

/**
 * Holds what a run of the doctor printed against the schema, if it is JSON.
 *
 * @throws when it does not fit
 */
export function assertDoctorJson(argv: readonly string[], stdout: string): void {
  if (argv[0] !== "doctor" || !stdout.startsWith("{")) return;
  const faults = findSchemaFaults(JSON.parse(stdout));
  if (faults.length > 0)
    throw new Error(`what the doctor printed is not what is documented: ${faults.join("; ")}`);
}
