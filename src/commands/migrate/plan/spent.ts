import { applyEdits } from "../patch/apply.ts";
import { heirsOf } from "../pipeline/inheritance.ts";
import {
  type Entry,
  isMap,
  keyOf,
  lookUp,
  type Pair,
  type Pipeline,
  pairOf,
  rangeOf,
  referenceOf,
} from "../pipeline/pipeline.ts";
import type { Edit } from "../pipeline/source.ts";
import { isInline, removeKeys, removePair } from "./changes.ts";
import type { Draft } from "./plan.ts";
import { OLD_TOKENS } from "./sites.ts";

/** ID tokens that nothing names any more once the edits are made, where a recipe had them. */
export function removeSpentTokens(draft: Draft): void {
  const { pipeline, spentTokens } = draft;
  const emptied = new Set<string>();
  const gone = new Set<string>();
  for (const entry of pipeline.entries) {
    const pair = entry.kind === "global" ? undefined : pairOf(entry.map, "id_tokens");
    const had = [...spentTokens].filter(([, entries]) => entries.has(entry)).map(([token]) => token);
    const spent = new Set(
      had.filter((token) => !OLD_TOKENS.includes(token) && !isNamed(draft, entry, token)),
    );
    if (pair === undefined || spent.size === 0) continue;
    for (const token of spent) gone.add(token);
    noteForeignUse(draft, entry, [...spent]);
    draft.edits.push(...removeKeys(pipeline, pair, spent));
    const tokens = isMap(pair.value) ? pair.value.items : [];
    if (tokens.length > 0 && tokens.every((each) => spent.has(keyOf(each) ?? ""))) emptied.add(entry.name);
  }
  draft.edits.push(...danglingTokens(pipeline, emptied, gone));
}

/** Files that this one includes may use the tokens of its defaults and hidden jobs, too. */
function noteForeignUse({ pipeline, notes }: Draft, { name, kind }: Entry, tokens: readonly string[]): void {
  if ((kind !== "default" && kind !== "hidden") || pairOf(pipeline.root, "include") === undefined) return;
  const named = tokens.map((token) => `$${token}`).join(", ");
  notes.add(
    `${name} no longer has ${named}: a job in an included file that uses it needs its own \`id_tokens\`.`,
  );
}

/** Whether an entry, one that takes from it, or a script that others may bring in names the token. */
function isNamed({ pipeline, edits }: Draft, entry: Entry, token: string): boolean {
  const heirs = entry.kind === "default" ? pipeline.entries : heirsOf(pipeline, entry);
  // Programs take it by its name too, such as `printenv`; with a colon, it is the token itself.
  const pattern = new RegExp(`\\$\\{?${token}\\b|\\b${token}\\b(?!["']?\\s*:)`);
  return pipeline.entries.some((other) => {
    if (other.kind === "global" || other.pair === undefined) return false;
    if (other.kind === "job" && other !== entry && !heirs.includes(other)) return false;
    return pattern.test(remainingText(pipeline, edits, other.pair));
  });
}

/** What is left of a job in the file. */
function remainingText({ source }: Pipeline, edits: readonly Edit[], { key, value }: Pair): string {
  const [from] = rangeOf(key);
  const to = value === null || value === undefined ? from : rangeOf(value)[1];
  const own = edits.filter((edit) => edit.from >= from && edit.to <= source.lineEnd(to) && edit.from < to);
  const moved = own.map((edit) => ({ ...edit, from: edit.from - from, to: Math.min(edit.to, to) - from }));
  return applyEdits(source.text.slice(from, to), moved);
}

/** `id_tokens` that come by a reference or an alias from where none are left. */
function danglingTokens(
  pipeline: Pipeline,
  emptied: ReadonlySet<string>,
  spent: ReadonlySet<string>,
): readonly Edit[] {
  return pipeline.entries.flatMap(({ map, kind }) => {
    const pair = kind === "global" ? undefined : pairOf(map, "id_tokens");
    if (pair === undefined || isMap(pair.value)) return [];
    const [name, key] = referenceOf(pair.value) ?? [];
    const tokens = lookUp(pipeline, map, "id_tokens");
    const isSpent = isMap(tokens) && tokens.items.every((each) => spent.has(keyOf(each) ?? ""));
    return (name !== undefined && key === "id_tokens" && emptied.has(name)) || isSpent
      ? [removePair(pipeline, pair)]
      : [];
  });
}

const SPENT_VARIABLES = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_SESSION_NAME"] as const;

/** Variables that told the SDKs of a token file; the component sets them. */
export function removeSpentVariables(draft: Draft): void {
  const { pipeline } = draft;
  if (draft.spentTokens.size === 0) return;
  const left = applyEdits(pipeline.source.text, draft.edits);
  const spent = new Set(SPENT_VARIABLES.filter((name) => !new RegExp(`\\$\\{?${name}\\b`).test(left)));
  for (const { map } of pipeline.entries) {
    const pair = pairOf(map, "variables");
    if (pair !== undefined && !(isMap(pair.value) && isInline(pair.value)))
      draft.edits.push(...removeKeys(pipeline, pair, spent as ReadonlySet<string>));
  }
}
