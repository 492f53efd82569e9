import type { NamedCause } from "../../../foundation/cause.ts";
import { listMisses, type StatementMiss, type StatementResult } from "../evaluate/decision.ts";

type ConditionMiss = Extract<StatementMiss, { kind: "condition" }>;

/** Whether a condition is undecided only because the claim was not given. */
export function isUntold(miss: StatementMiss): miss is ConditionMiss {
  return miss.kind === "condition" && miss.reason === "claim-not-given";
}

/** Flags that give a claim of a described job. */
const FLAGS: Readonly<Record<string, { readonly flag: string; readonly owner: string }>> = {
  project_id: { flag: "--project-id", owner: "project" },
  namespace_id: { flag: "--namespace-id", owner: "group" },
};

const nameOf = (key: string): string => key.slice(key.lastIndexOf(":") + 1).toLowerCase();

/** Asks for the missing claims that would decide a statement, each by its flag. */
export function explainUntold(statement: StatementResult): readonly NamedCause[] {
  const keys = [
    ...new Set(
      listMisses(statement)
        .filter(isUntold)
        .map(({ key }) => key),
    ),
  ];
  if (keys.length === 0) return [];
  const flags = [...new Set(keys.flatMap((key) => FLAGS[nameOf(key)] ?? []))];
  const others = keys.filter((key) => FLAGS[nameOf(key)] === undefined);
  const fix =
    others.length === 0
      ? `Add ${flags.map(({ flag, owner }) => `${flag} (on the page of the ${owner})`).join(" and ")}.`
      : `Give all claims of a token with --claims: no flag gives ${others.join(", ")}.`;
  return [
    {
      id: "untold-claims",
      reason: `${statement.place} also tests ${keys.join(", ")}, not given here.`,
      fix,
    },
  ];
}
