import type { StatementMiss } from "../evaluate/decision.ts";

const RUN_AS_WANTED = "Run the job as the policy expects it, or use the role that is meant for it.";
const SAME_TEXT = "Write the value exactly as the token has it.";
const SEE_AWS = "AWS alone can tell: CloudTrail shows the request, and what it carried.";
const TEST_ANOTHER = "Test another claim in its place, one that the token has, such as `sub`.";
const CORRECT_VALUE = "Correct the value in the policy.";

/**
 * Why a condition of a trust policy does not hold, and what mends it. Of a wildcard under `StringEquals` and
 * of keys that AWS does not offer, more is said than fits here.
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
    text: "A condition wants another value than the token has.",
    fix: RUN_AS_WANTED,
  },
  "case-differs": { text: "A value differs in upper and lower case, which count.", fix: SAME_TEXT },
  "whitespace-differs": { text: "A value has white space at its start or end.", fix: SAME_TEXT },
  "trailing-slash-differs": { text: "A value differs by a slash at its end.", fix: SAME_TEXT },
  "scheme-differs": { text: "A value differs by its `https://`.", fix: SAME_TEXT },
  "key-absent": {
    text: "A condition tests a claim that this token does not have.",
    fix: TEST_ANOTHER,
  },
  "key-never-present": { text: "A condition tests a key that this call never has.", fix: TEST_ANOTHER },
  "key-present": { text: "A condition demands that the token lack this claim.", fix: TEST_ANOTHER },
  "value-excluded": {
    text: "A condition excludes just what the token says.",
    fix: "Run the job where the policy does not exclude it.",
  },
  "variable-in-old-version": {
    text: "The policy uses a variable, which its `Version` takes as plain text.",
    fix: "Write the value itself in the place of the variable.",
  },
  "variable-unresolvable": { text: "The policy uses a variable that has no value here.", fix: CORRECT_VALUE },
  "policy-value-malformed": {
    text: "A value in the policy is not of its operator's type.",
    fix: CORRECT_VALUE,
  },
  "value-not-comparable": {
    text: "The token's value is not of the operator's type.",
    fix: "Use a `String…` operator for the claim.",
  },
  "key-not-visible-offline": { text: "A condition tests what only AWS sees.", fix: SEE_AWS },
  "claim-not-given": {
    text: "A condition tests a claim of which nothing was said here.",
    fix: "Give all claims of a token with --claims.",
  },
  "time-not-given": { text: "A condition tests the time of the request.", fix: SEE_AWS },
  "session-name-not-given": {
    text: "A condition tests the role session name, which is not known here.",
    fix: "Give it: input `session-name`.",
  },
  "behaviour-undocumented": { text: "What AWS does here is documented nowhere.", fix: TEST_ANOTHER },
  "variable-not-visible": { text: "The policy uses a variable whose value only AWS sees.", fix: SEE_AWS },
};
