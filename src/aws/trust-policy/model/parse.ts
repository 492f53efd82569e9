import { isJsonObject, type JsonObject } from "../../../foundation/json.ts";
import { findDuplicateMembers, memberPlace } from "../../../foundation/json-places.ts";
import { parseStatement, reportUnknownMembers } from "./parse-statement.ts";
import { type PolicyVersion, type Statement, statementPlace, type TrustPolicy } from "./policy.ts";
import { createProblemReport, type PolicyProblem, type ProblemReport } from "./problem.ts";

/** A trust policy, or every reason why the text is not one. */
export type ParsedTrustPolicy =
  | { readonly kind: "policy"; readonly policy: TrustPolicy }
  | { readonly kind: "problems"; readonly problems: readonly PolicyProblem[] };

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
      undefined,
      "The trust policy is not JSON. Pass the output of `aws iam get-role --role-name <role> --query Role.AssumeRolePolicyDocument --output json`.",
    );
    return undefined;
  }
}

/** The IAM API returns the document URL-encoded, and some tools pass it on as a JSON string. */
function readText(text: string, report: ProblemReport): unknown {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  const decoded = /^%(7B|22)/i.test(trimmed) ? decodeUrlEncoding(trimmed) : trimmed;
  if (decoded === undefined) {
    report.add(
      "not-json",
      undefined,
      "The trust policy looks URL-encoded, but cannot be decoded. Pass it unchanged.",
    );
    return undefined;
  }
  const value = parseJson(decoded, report);
  for (const place of findDuplicateMembersIfAny(value, decoded)) {
    report.add("duplicate-member", place, `"${place}" appears twice. Merge the two.`);
  }
  return value;
}

function findDuplicateMembersIfAny(value: unknown, json: string): readonly string[] {
  if (!isJsonObject(value)) return [];
  return findDuplicateMembers(json).map((place) => place.replace(DOCUMENT_PLACE, ""));
}

/** Takes the document out of a `get-role` response, if it is one. */
function unwrapRole(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const role = isJsonObject(value[ROLE_MEMBER]) ? value[ROLE_MEMBER] : value;
  return Object.hasOwn(role, DOCUMENT_MEMBER) ? role[DOCUMENT_MEMBER] : value;
}

/** The names in an object of trust policies by role, as `trust-policy` writes it for several. */
function findRolesWithPolicies(value: JsonObject): readonly string[] {
  if (Object.hasOwn(value, "Statement")) return [];
  return Object.entries(value).flatMap(([name, policy]) =>
    /^[\w+=,.@-]+$/.test(name) && isJsonObject(policy) && Object.hasOwn(policy, "Statement") ? [name] : [],
  );
}

/** Deep enough for a get-role response whose document is a URL-encoded JSON string. */
const MAX_STRING_LAYERS = 3;

/**
 * Finds the policy document in what a user passes: the document itself, the whole response of `aws iam get-role`,
 * URL-encoded or as a JSON string.
 *
 * @returns the document, or `undefined` with the problem reported.
 */
function readPolicyDocument(text: string, report: ProblemReport): JsonObject | undefined {
  let value: unknown = text;
  for (let layer = 0; layer < MAX_STRING_LAYERS && typeof value === "string"; layer += 1) {
    value = unwrapRole(readText(value, report));
  }
  if (isJsonObject(value)) {
    const roles = findRolesWithPolicies(value);
    if (roles.length === 0) return value;
    report.add(
      "no-policy-found",
      undefined,
      `These are the trust policies of several roles: ${roles.join(", ")}. Pass one role's policy: jq '."${roles[0]}"' prints it.`,
    );
    return undefined;
  }
  if (report.problems.length === 0) {
    report.add(
      "no-policy-found",
      undefined,
      "Expected a trust policy, a JSON object with `Statement`. Pass the output of `aws iam get-role`.",
    );
  }
  return undefined;
}

const ELEMENTS = ["Version", "Id", "Statement"];
const VERSIONS: readonly PolicyVersion[] = ["2008-10-17", "2012-10-17"];

function parseVersion(value: unknown, report: ProblemReport): { readonly version?: PolicyVersion } {
  if (value === undefined) return {};
  const version = VERSIONS.find((known) => known === value);
  if (version !== undefined) return { version };
  report.add(
    "unknown-value",
    "Version",
    '"Version" must be "2012-10-17". This date is a fixed name: do not update it.',
  );
  return {};
}

function parseId(value: unknown, report: ProblemReport): { readonly id?: string } {
  if (value === undefined) return {};
  if (typeof value === "string") return { id: value };
  report.add("wrong-type", "Id", '"Id" must be text.');
  return {};
}

function parseStatements(value: unknown, report: ProblemReport): readonly Statement[] {
  if (value === undefined) {
    report.add("missing-element", "Statement", 'There is no "Statement". Pass a whole trust policy.');
    return [];
  }
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (elements.length === 0) report.add("empty-list", "Statement", '"Statement" is empty. Add a statement.');
  const statements = elements.flatMap((element, index) =>
    parseStatement(element, statementPlace(index), report),
  );
  reportRepeatedSids(statements, report);
  return statements;
}

/**
 * IAM: "Statement IDs (SID) in a single policy must be unique"; an empty one, as Terraform writes it, does not count.
 */
function reportRepeatedSids(statements: readonly Statement[], report: ProblemReport): void {
  const sids = statements.map(({ sid }) => sid);
  for (const [index, sid] of sids.entries()) {
    if (!sid || sids.indexOf(sid) === index) continue;
    const place = memberPlace(statementPlace(index), "Sid");
    report.add(
      "duplicate-sid",
      place,
      `The Sid "${sid}" appears twice. Give each statement its own Sid, or none.`,
    );
  }
}

/**
 * Parses a trust policy from untrusted text: the document, the response of `aws iam get-role`, or either URL-encoded.
 *
 * Anything that IAM itself would refuse is a problem. IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export function parseTrustPolicy(text: string): ParsedTrustPolicy {
  const report = createProblemReport();
  const document = readPolicyDocument(text, report);
  if (document === undefined) return { kind: "problems", problems: report.problems };
  reportUnknownMembers(document, ELEMENTS, { place: "", report });
  const policy: TrustPolicy = {
    ...parseVersion(document.Version, report),
    ...parseId(document.Id, report),
    statements: parseStatements(document.Statement, report),
  };
  return report.problems.length === 0
    ? { kind: "policy", policy }
    : { kind: "problems", problems: report.problems };
}
