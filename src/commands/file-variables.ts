import { variableName } from "../config/inputs/input.ts";
import type { Environment } from "../foundation/ports.ts";

/** Texts of policies by the input that named their file; `undefined` without a file. */
export type PolicyTexts = Readonly<
  Partial<Record<"session-policy-file" | "trust-policy-file", string | undefined>>
>;

/**
 * What is left of a policy variable such as `${aws:username}` that was replaced by nothing: `shop//*` in a resource or
 * condition, or an IAM ARN without an account. Hardly anyone writes either on purpose; other traces, such as a trailing
 * `/`, are too common to tell.
 */
const EMPTY_PART = /"[^"]*[^:"/]\/\/[^"]*"|"arn:[\w-]+:iam:::[^"]*"/;

/**
 * Warns if a policy from a CI/CD variable of type File has lost its policy variables: the runner treats every `$…` in
 * it as a CI/CD variable, unless "Expand variable reference" is off. Files of the repository are not affected.
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
          `${input}: the policy has ${found}. If there was a policy variable such as \${aws:username}, the runner ` +
            "removed it: clear the box Expand variable reference of that CI/CD variable.",
        ];
  });
}
