export type PolicyProblemCode =
  | "not-json"
  | "no-policy-found"
  | "wrong-type"
  | "empty-list"
  | "missing-element"
  | "unknown-element"
  | "element-not-in-trust-policies"
  | "unknown-value"
  | "unknown-operator"
  | "duplicate-member"
  | "duplicate-sid"
  | "foreign-action"
  | "malformed-arn"
  | "malformed-sid";

/** Something that makes a document not a trust policy; IAM would refuse it too. */
export interface PolicyProblem {
  readonly code: PolicyProblemCode;
  /** Such as `Statement[0].Condition.StringEquals`; `undefined` for the document as a whole. */
  readonly place: string | undefined;
  readonly message: string;
}

/** Collects problems, to report all of them at once. */
export interface ProblemReport {
  readonly problems: readonly PolicyProblem[];
  add(code: PolicyProblemCode, place: PolicyProblem["place"], message: string): void;
}

/** Creates an empty report. */
export function createProblemReport(): ProblemReport {
  const problems: PolicyProblem[] = [];
  return {
    problems,
    add(code, place, message) {
      problems.push({ code, place, message });
    },
  };
}
