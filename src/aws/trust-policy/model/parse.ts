import { readPolicyDocument } from "./document.ts";
import { parseStatement, reportUnknownMembers } from "./parse-statement.ts";
import { type PolicyVersion, type Statement, statementPlace, type TrustPolicy } from "./policy.ts";
import { createProblemReport, type PolicyProblem, type ProblemReport } from "./problem.ts";

/** A trust policy, or everything that keeps the text from being one. */
export type ParsedTrustPolicy =
  | { readonly kind: "policy"; readonly policy: TrustPolicy }
  | { readonly kind: "problems"; readonly problems: readonly PolicyProblem[] };

const ELEMENTS = ["Version", "Id", "Statement"];
const VERSIONS: readonly PolicyVersion[] = ["2008-10-17", "2012-10-17"];

function parseVersion(value: unknown, report: ProblemReport): { readonly version?: PolicyVersion } {
  if (value === undefined) return {};
  const version = VERSIONS.find((known) => known === value);
  if (version !== undefined) return { version };
  report.add("unknown-value", "Version", '"Version" must be "2012-10-17", which is no date to be updated.');
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
  return elements.flatMap((element, index) => parseStatement(element, statementPlace(index), report));
}

/**
 * Parses a trust policy from untrusted text: the document, the answer of `aws iam get-role`, or either URL-encoded.
 *
 * Whatever IAM itself would refuse is a problem. IAM User Guide, "Grammar of the IAM JSON policy language".
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
