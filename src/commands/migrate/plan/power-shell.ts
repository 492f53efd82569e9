import type { Pipeline } from "../pipeline/pipeline.ts";
import { type Item, lineOfStatement } from "../pipeline/sections.ts";
import { KEY_NAMES } from "../recipe/words.ts";
import type { Left } from "./sites.ts";

/**
 * A script in PowerShell that takes a role or keys: the hidden job of `web-identity` is for POSIX shells, but variables
 * of a report are there in any shell.
 */
export function leavePowerShell(
  pipeline: Pipeline,
  items: readonly Item[],
  tokens: ReadonlySet<string>,
): readonly Left[] {
  const names = [...tokens, ...KEY_NAMES, "AWS_\\w+"].join("|");
  const first = items.find(({ text }) => new RegExp(`\\$env:(?:${names})\\b`, "i").test(text));
  if (first === undefined) return [];
  return [
    {
      line: lineOfStatement(pipeline, first, { firstLine: 0 }),
      found: "this script is for PowerShell, and web-identity needs a POSIX shell",
      fix: "Include assume-role, whose job runs on another runner, and name it in `needs`: PowerShell has the variables of its report too.",
    },
  ];
}
