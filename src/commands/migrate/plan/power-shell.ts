import type { Pipeline } from "../pipeline/pipeline.ts";
import { type Item, lineOfStatement } from "../pipeline/sections.ts";
import type { Obstacle } from "../recipe/trace.ts";
import { KEY_NAMES } from "../recipe/words.ts";

/** Keys of AWS, or a token file and its role, that a script in PowerShell sets; or its call of STS. */
const SETS = new RegExp(
  `\\$env:(?:${KEY_NAMES.join("|")}|AWS_ROLE_ARN|AWS_WEB_IDENTITY_TOKEN_FILE)\\s*=|assume-role[\\s\\S]*\\$env:`,
  "i",
);

/** What is left, at a line from 1. */
type Left = Omit<Obstacle, "statement"> & { readonly line: number };

/**
 * A script in PowerShell that takes a role or keys: the hidden job of `web-identity` is for POSIX shells, but variables
 * of a report are there in any shell.
 */
export function leavePowerShell(pipeline: Pipeline, items: readonly Item[]): readonly Left[] {
  const first = items.find(({ text }) => SETS.test(text));
  if (first === undefined) return [];
  return [
    {
      line: lineOfStatement(pipeline, first, { firstLine: 0 }),
      found: "this script is for PowerShell, and web-identity needs a POSIX shell",
      fix: "Include assume-role, whose job runs on another runner, and name it in `needs`: PowerShell has the variables of its report too.",
    },
  ];
}
