import type { StatementMiss } from "../evaluate/decision.ts";

const RUN_AS_WANTED = "Run the job as the policy expects, or use the role meant for this job.";
const SAME_TEXT = "Write the value exactly as the token has it.";
const SEE_AWS = "Only AWS can tell: CloudTrail shows the request and what it carried.";
const TEST_ANOTHER = "Test a claim that the token has instead, such as `sub`.";
const CORRECT_VALUE = "Correct the value in the policy.";

/**
 * Why a condition of a trust policy does not hold, and how to fix it. A wildcard under `StringEquals` and keys that AWS
 * does not offer need more explanation than fits here.
 */
export const CONDITION_REASONS: Readonly<
  Record<
    Exclude<
      Extract<StatementMiss, { kind: "condition" }>["reason"],
      "wildcard-under-equals" | "key-not-available-for-issuer" | "key-of-other-issuer"
    >,
    { readonly text: string; readonly fix: string }
  >
> = {
  "value-differs": {
    text: "A condition wants a different value from the token's.",
    fix: RUN_AS_WANTED,
  },
  "case-differs": { text: "A value differs in upper and lower case, and case matters.", fix: SAME_TEXT },
  "whitespace-differs": { text: "A value has white space at its start or end.", fix: SAME_TEXT },
  "trailing-slash-differs": { text: "A value differs by a trailing slash.", fix: SAME_TEXT },
  "scheme-differs": { text: "A value differs by its `https://`.", fix: SAME_TEXT },
  "key-absent": {
    text: "A condition tests a claim that this token does not have.",
    fix: TEST_ANOTHER,
  },
  "key-never-present": { text: "A condition tests a key that this call never has.", fix: TEST_ANOTHER },
  "key-present": { text: "A condition requires a token without this claim.", fix: TEST_ANOTHER },
  "value-excluded": {
    text: "A condition excludes exactly what the token has.",
    fix: "Run the job where the policy does not exclude it.",
  },
  "variable-in-old-version": {
    text: "The policy uses a variable, which its `Version` treats as plain text.",
    fix: "Replace the variable with the value itself.",
  },
  "variable-unresolvable": { text: "The policy uses a variable that has no value here.", fix: CORRECT_VALUE },
  "policy-value-malformed": {
    text: "A value in the policy does not have its operator's type.",
    fix: CORRECT_VALUE,
  },
  "value-not-comparable": {
    text: "The token's value does not have the operator's type.",
    fix: "Use a `String…` operator for the claim.",
  },
  "key-not-visible-offline": { text: "A condition tests something that only AWS can see.", fix: SEE_AWS },
  "claim-not-given": {
    text: "A condition tests a claim that was not given here.",
    fix: "Give all claims of a token with --claims.",
  },
  "time-not-given": { text: "A condition tests the time of the request.", fix: SEE_AWS },
  "session-name-not-given": {
    text: "A condition tests the role session name, which is not known here.",
    fix: "Set the input `session-name`.",
  },
  "behaviour-undocumented": { text: "AWS does not document what it does here.", fix: TEST_ANOTHER },
  "variable-not-visible": { text: "The policy uses a variable whose value only AWS can see.", fix: SEE_AWS },
};
