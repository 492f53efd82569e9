import type { RoleArn } from "../aws/arn.ts";
import {
  cleanSessionName,
  DURATION_SECONDS,
  isSessionName,
  MAX_SESSION_NAME_LENGTH,
} from "../aws/sts/session.ts";
import { parseSessionPolicies, type SessionPolicies } from "../aws/sts/session-policy.ts";
import { type Checked, combine, invalid, valid } from "../foundation/checked.ts";
import { platformCode } from "../foundation/platform-message.ts";
import type { Files } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";
import type { GitLabJob } from "../gitlab/job.ts";
import { DEFAULT_SESSION_NAME } from "./inputs/assume-role-inputs.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";
import { parseNarrowingList, parseWholeNumber, unexpandedVariable } from "./inputs/scalars.ts";

/** Reads the role session name; the default names the project and pipeline, even if it was not expanded. */
export function parseSessionName({ text = "", subject }: RawInput, job: GitLabJob): Checked<string> {
  if (text === DEFAULT_SESSION_NAME) {
    const parts = ["GitLabRunner", job.projectId, job.pipelineId];
    return valid(cleanSessionName(parts.filter((part) => part !== undefined).join("-")));
  }
  if (isSessionName(text)) return valid(text);
  return invalid({
    subject,
    found: JSON.stringify(text),
    expected: `2 to ${MAX_SESSION_NAME_LENGTH} letters, digits and _+=,.@-`,
    fix: sessionNameFix(text),
  });
}

function sessionNameFix(text: string): string {
  const variable = unexpandedVariable(text);
  if (variable !== undefined)
    return `Define the CI/CD variable ${variable} for this project and ref, or omit the input.`;
  if (text === "") return "Omit it, or check that the variable it comes from is set.";
  return `Use ${JSON.stringify(cleanSessionName(text))}, or omit the input. Project paths and branch names have slashes, which AWS refuses.`;
}

/** Reads `durationSeconds` of the session; for a chained role it is an hour at most. */
export function parseDuration(
  input: RawInput,
  { isChained }: { readonly isChained: boolean },
): Checked<number> {
  return parseWholeNumber(input, {
    min: DURATION_SECONDS.min,
    max: isChained ? DURATION_SECONDS.maxChained : DURATION_SECONDS.max,
    unit: "seconds",
    fix: "Write the seconds as digits only, within the role's maximum session duration.",
    ...(isChained && {
      above:
        "Use an hour at most: AWS limits role chaining sessions (`chained-role-arn`) to that, whatever the role allows.",
    }),
  });
}

/** Reads the policies that narrow the session of `role`, the role of the final credentials. */
export function parseSessionPolicyInputs(
  raw: RawInputs,
  files: Pick<Files, "readText">,
  role: RoleArn | undefined,
): Checked<SessionPolicies> {
  const inline = readInlinePolicy(raw, files);
  const source = inline.ok ? inline.value : { subject: "session-policy", text: undefined };
  const managed = parseNarrowingList(raw("managed-session-policies"), "ARNs or names of managed policies");
  const policies = parseSessionPolicies(
    { subject: source.subject, inline: source.text, managed: managed.ok ? managed.value : [] },
    role,
  );
  const both = combine({ inline, managed, policies });
  return both.ok ? valid(both.value.policies) : both;
}

function readInlinePolicy(
  raw: RawInputs,
  files: Pick<Files, "readText">,
): Checked<{ readonly subject: string; readonly text: string | undefined }> {
  const [inline, file] = [raw("session-policy"), raw("session-policy-file")];
  if (!file.text) return valid({ subject: inline.subject, text: inline.text || undefined });
  if (inline.text) {
    return invalid({
      subject: file.subject,
      found: `a file, in addition to the policy in ${inline.subject}`,
      expected: "one or the other",
      fix: `Remove ${file.subject} or ${inline.subject}.`,
    });
  }
  try {
    return valid({ subject: file.subject, text: files.readText(file.text) });
  } catch (error) {
    return invalid({
      subject: file.subject,
      found: `${quotePath(file.text)}, which cannot be read (${platformCode(error)})`,
      expected: "the path of a regular file of at most 64 KiB, with a policy in JSON",
      fix: "For a file in the repository set `git-strategy: fetch`, because the job fetches nothing without it. Check the path, which starts at the project's root.",
    });
  }
}
