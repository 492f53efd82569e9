import { variableName } from "../config/inputs/input.ts";
import type { Environment } from "../foundation/ports.ts";

/** Texts of policies by the input that named their file; `undefined` without such a file. */
export type PolicyTexts = Readonly<
  Partial<Record<"session-policy-file" | "trust-policy-file", string | undefined>>
>;

/**
 * What is left of a policy variable such as `${aws:username}` that has become nothing: `shop//*` in a resource or condition,
 * or an ARN of IAM without an account. Hardly anybody writes
 * either on purpose; other traces, such as a `/` at the end, are written too often to be told apart.
 */
const EMPTY_PART = /"[^"]*[^:"/]\/\/[^"]*"|"arn:[\w-]+:iam:::[^"]*"/;

/**
 * Says so when a policy from a CI/CD variable of type File has lost its policy variables: the runner takes every `$…` in such
 * a file for a CI/CD variable, unless "Expand variable reference" is off for it. Files of the repository are left alone.
 *
 * @see https://docs.gitlab.com/ci/variables/#prevent-cicd-variable-expansion
 */
export function fileVariableNotes(policies: PolicyTexts, env: Environment): readonly string[] {
  const folder = env.RUNNER_TEMP_PROJECT_DIR || (env.CI_PROJECT_DIR && `${env.CI_PROJECT_DIR}.tmp`);
  return Object.entries(policies).flatMap(([input, text = ""]) => {
    const isFileVariable = Boolean(folder) && env[variableName(input)]?.startsWith(`${folder}/`);
    const [found] = (isFileVariable && EMPTY_PART.exec(text)) || [];
    return found === undefined
      ? []
      : [
          `${input}: the policy has ${found}. If a policy variable such as \${aws:username} stood there, the runner has ` +
            "made it nothing: clear the box Expand variable reference of that CI/CD variable.",
        ];
  });
}
