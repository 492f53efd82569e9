import { aliasesOf, isSeq, type Node, type Pipeline, rangeOf } from "../pipeline/pipeline.ts";
import type { Item, Section } from "../pipeline/sections.ts";
import type { Edit } from "../pipeline/source.ts";
import type { Statement } from "../shell/script.ts";
import { indentOf, insertBefore, isInline, removeEntry, removeLines, removePair } from "./changes.ts";

/** A script whose recipe goes, and what comes in its place. */
export interface ScriptChange {
  readonly section: Section;
  readonly recipe: ReadonlySet<Statement>;
  /** Elements such as `!reference [.aws_web_identity, before_script]`; none where `extends` is enough. */
  readonly replacement: readonly string[];
}

/** Whether nothing of an element stays. */
export function isWhole({ statements = [] }: Item, recipe: ReadonlySet<Statement>): boolean {
  return statements.length > 0 && statements.every((statement) => recipe.has(statement));
}

function isTouched({ statements = [] }: Item, recipe: ReadonlySet<Statement>): boolean {
  return statements.some((statement) => recipe.has(statement));
}

/** Whether nothing of a script stays. */
export function isAllRecipe({ items, count }: Section, recipe: ReadonlySet<Statement>): boolean {
  return items.length === count && items.every((item) => isWhole(item, recipe));
}

/**
 * Takes the recipe out of a script.
 *
 * @returns nothing where the way in which it is written leaves no place for the change
 */
export function changeScript(pipeline: Pipeline, change: ScriptChange): readonly Edit[] | undefined {
  const { section, recipe, replacement } = change;
  if (isAllRecipe(section, recipe) && replacement.length === 0) {
    const remove = section.name === "fragment" ? removeEntry : removePair;
    return [remove(pipeline, section.pair)];
  }
  if (!isSeq(section.node)) return changeText(pipeline, change);
  if (isInline(section.node)) return undefined;
  const touched = section.items.filter((item) => isTouched(item, recipe));
  const [first] = touched;
  if (first === undefined) return [];
  const at = dashOf(pipeline, first.node);
  const lines = replacement.map((element) => `${indentOf(pipeline, at)}- ${element}`);
  return [
    ...(lines.length > 0 ? [insertBefore(pipeline, at, lines)] : []),
    ...touched.flatMap((item) => removeFrom(pipeline, item, recipe)),
  ];
}

/** A script that is one text. */
function changeText(
  pipeline: Pipeline,
  { section, recipe, replacement }: ScriptChange,
): readonly Edit[] | undefined {
  const [item] = section.items;
  if (item === undefined || !isWhole(item, recipe) || section.name === "fragment") return undefined;
  const [from] = rangeOf(section.pair.key);
  const indent = indentOf(pipeline, from);
  const lines = [`${indent}${section.name}:`, ...replacement.map((element) => `${indent}  - ${element}`)];
  return [insertBefore(pipeline, from, lines), removePair(pipeline, section.pair)];
}

function removeFrom(pipeline: Pipeline, item: Item, recipe: ReadonlySet<Statement>): readonly Edit[] {
  const [from, to] = rangeOf(item.node);
  if (isWhole(item, recipe)) {
    const dash = dashOf(pipeline, item.node);
    return [removeLines(pipeline, withOwnComment(pipeline, dash), to)];
  }
  const { source } = pipeline;
  const starts = [source.lineEnd(from)];
  while ((starts.at(-1) ?? 0) < to) starts.push(source.lineEnd(starts.at(-1) ?? 0));
  return (item.statements ?? [])
    .filter((statement) => recipe.has(statement))
    .map(({ firstLine, lastLine }) => ({
      from: starts[firstLine] ?? to,
      to: starts[lastLine + 1] ?? to,
      text: "",
    }));
}

/** The recipe on GitLab's AWS page begins with a comment. */
function withOwnComment({ source }: Pipeline, dash: number): number {
  const start = source.lineStart(dash);
  const before = start === 0 ? 0 : source.lineStart(start - 1);
  return /^\s*# this is split out for correct exit code handling\s*$/.test(source.text.slice(before, start))
    ? before
    : dash;
}

/** The dash of a list's element, which may have an anchor or a tag behind it. */
function dashOf({ source }: Pipeline, node: Node): number {
  const [from] = rangeOf(node);
  const start = source.lineStart(from);
  const [blanks = ""] = /^\s*/.exec(source.text.slice(start, from)) ?? [];
  return start + blanks.length;
}

/** Replaces every alias of an element, or puts the new ones before it if part of it stays. */
export function replaceAliases(
  pipeline: Pipeline,
  item: Item,
  { recipe, replacement }: Pick<ScriptChange, "recipe" | "replacement">,
): readonly Edit[] {
  return aliasesOf(pipeline, item.node).flatMap((alias) => {
    const [from, to] = rangeOf(alias);
    const at = dashOf(pipeline, alias);
    if (pipeline.source.text[at] !== "-") return [];
    const lines = replacement.map((element) => `${indentOf(pipeline, at)}- ${element}`);
    const inserted = insertBefore(pipeline, at, lines);
    return isWhole(item, recipe) ? [inserted, removeLines(pipeline, from, to)] : [inserted];
  });
}
