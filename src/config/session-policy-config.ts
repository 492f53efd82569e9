import type { RoleArn } from "../aws/arn.ts";
import { parseSessionPolicies, type SessionPolicies } from "../aws/sts/session-policy.ts";
import { type Checked, combine, invalid, valid } from "../foundation/checked.ts";
import { platformCode } from "../foundation/platform-message.ts";
import type { Files } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";
import type { RawInputs } from "./inputs/raw-inputs.ts";
import { parseNarrowingList } from "./inputs/scalars.ts";

/** Reads the policies that narrow the session of `role`, the last of the chain. */
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
      found: `a file, besides the policy in ${inline.subject}`,
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
      fix: "For a file of the repository set `git-strategy: fetch`, since the job fetches nothing without it; check the path, which starts at the project's root.",
    });
  }
}
