import { isJsonObject, type JsonObject } from "../../../foundation/json.ts";
import { findDuplicateMembers } from "../../../foundation/json-places.ts";
import type { ProblemReport } from "./problem.ts";

const ROLE_MEMBER = "Role";
const DOCUMENT_MEMBER = "AssumeRolePolicyDocument";
const DOCUMENT_PLACE = new RegExp(`^(?:${ROLE_MEMBER}\\.)?${DOCUMENT_MEMBER}\\.`);

function decodeUrlEncoding(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The engine's own message may quote the text, so it is not passed on. */
function parseJson(text: string, report: ProblemReport): unknown {
  try {
    return JSON.parse(text);
  } catch {
    report.add(
      "not-json",
      "",
      "The trust policy is not JSON. Pass what `aws iam get-role --query Role.AssumeRolePolicyDocument` prints.",
    );
    return undefined;
  }
}

/** The IAM API gives the document URL-encoded, and some tools pass it on as a JSON string. */
function readText(text: string, report: ProblemReport): unknown {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  const decoded = /^%(7B|22)/i.test(trimmed) ? decodeUrlEncoding(trimmed) : trimmed;
  if (decoded === undefined) {
    report.add(
      "not-json",
      "",
      "The trust policy looks URL-encoded, but cannot be decoded. Pass it unchanged.",
    );
    return undefined;
  }
  const value = parseJson(decoded, report);
  for (const place of findDuplicateMembersIfAny(value, decoded)) {
    report.add("duplicate-member", place, `"${place}" is there twice. Merge both into one.`);
  }
  return value;
}

function findDuplicateMembersIfAny(value: unknown, json: string): readonly string[] {
  if (!isJsonObject(value)) return [];
  return findDuplicateMembers(json).map((place) => place.replace(DOCUMENT_PLACE, ""));
}

/** Takes the document out of a `get-role` answer, if it is one. */
function unwrapRole(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const role = isJsonObject(value[ROLE_MEMBER]) ? value[ROLE_MEMBER] : value;
  return Object.hasOwn(role, DOCUMENT_MEMBER) ? role[DOCUMENT_MEMBER] : value;
}

/** Deep enough for a get-role answer whose document is a URL-encoded JSON string. */
const MAX_STRING_LAYERS = 3;

/**
 * Finds the policy document in what a user passes: the document itself, the whole answer of
 * `aws iam get-role`, URL-encoded or as a JSON string.
 *
 * @returns the document, or `undefined` with the problem reported.
 */
export function readPolicyDocument(text: string, report: ProblemReport): JsonObject | undefined {
  let value: unknown = text;
  for (let layer = 0; layer < MAX_STRING_LAYERS && typeof value === "string"; layer += 1) {
    value = unwrapRole(readText(value, report));
  }
  if (isJsonObject(value)) return value;
  if (report.problems.length === 0) {
    report.add(
      "no-policy-found",
      "",
      "Expected a trust policy, a JSON object with `Statement`. Pass what `aws iam get-role` prints.",
    );
  }
  return undefined;
}
