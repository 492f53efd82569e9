import { foreignParents, heirsOf, referrersOf } from "../pipeline/inheritance.ts";
import { type Entry, type Pipeline, pairOf } from "../pipeline/pipeline.ts";
import type { Section } from "../pipeline/sections.ts";
import { type Draft, extendLater, leave, lineOfEntry, type Task } from "./plan.ts";
import { hasBeforeScript, nodesOf, runnersOf } from "./runners.ts";
import { changeScript, isAllRecipe, isWhole, replaceAliases } from "./script-changes.ts";
import type { Site } from "./sites.ts";

/** What replaces a recipe. */
export interface Hidden {
  readonly names: readonly string[];
  /** Commands that follow its `before_script`. */
  readonly keys: readonly string[];
}

/**
 * Replaces a recipe by hidden jobs, in its script and in every job that runs it.
 *
 * @returns whether there was a place for them
 */
export function applyHiddenJobs(
  draft: Draft,
  { site }: Pick<Task, "site">,
  { names, keys }: Hidden,
): boolean {
  const { pipeline } = draft;
  const { recipe } = site.recognition;
  const touched = site.sections.filter(({ items }) =>
    items.some(({ statements = [] }) => statements.some((each) => recipe.has(each))),
  );
  const reference = [`!reference [${names.at(-1)}, before_script]`, ...keys];
  const [first] = touched;
  const keeps = first !== undefined && (keys.length > 0 || needsReference(pipeline, site, first));
  for (const section of touched) {
    const replacement = section === first && keeps ? reference : [];
    const edits = isLoneText(section)
      ? removeFragment(draft, site, section)
      : changeScript(pipeline, { section, recipe, replacement });
    if (edits === undefined) {
      refuseForm(draft, site);
      return false;
    }
    draft.edits.push(...edits);
    for (const item of section.items.filter(({ statements = [] }) =>
      statements.some((each) => recipe.has(each)),
    ))
      draft.edits.push(...replaceAliases(pipeline, item, { recipe, replacement: reference }));
  }
  const gone = new Set(
    !keeps && first?.name === "before_script" && isAllRecipe(first, recipe) ? [site.entry] : [],
  );
  for (const runner of runnersOf(pipeline, site)) {
    extendLater(draft, runner, names);
    keepDefaults(draft, { runner, gone, site }, reference);
  }
  return true;
}

function isLoneText({ name, items, count, node }: Section): boolean {
  return name === "fragment" && count === 1 && items[0]?.node === node;
}

/** A text with an anchor: its aliases are replaced one by one. */
function removeFragment({ pipeline }: Draft, { recognition }: Site, section: Section) {
  const [item] = section.items;
  if (item === undefined || !isWhole(item, recognition.recipe)) return undefined;
  return changeScript(pipeline, { section, recipe: recognition.recipe, replacement: [] });
}

function refuseForm(draft: Draft, site: Site): void {
  leave(draft, site.entry, {
    line: lineOfEntry(draft.pipeline, site.entry),
    found: "the script is written in a form that has no place for a reference, such as [ … ] on one line",
    fix: "Write it as a list with one element to a line, and run this again.",
  });
}

/** Whether `extends` alone would not bring the hidden job's commands to where they are needed. */
function needsReference(pipeline: Pipeline, site: Site, first: Section): boolean {
  const { entry, sections, recognition } = site;
  if (entry.kind === "fragment") return true;
  if (entry.kind === "default" || entry.kind === "global") return false;
  if (referrersOf(pipeline, entry, nodesOf(sections)).length > 0) return true;
  const isAll = isAllRecipe(first, recognition.recipe);
  const others = [entry, ...heirsOf(pipeline, entry)];
  if (first.name === "script") {
    const gone = new Set(
      sections.some((each) => each.name === "before_script" && isAllRecipe(each, recognition.recipe))
        ? [entry]
        : [],
    );
    return isAll || others.some((each) => hasBeforeScript(pipeline, each, gone));
  }
  return (
    !isAll || hasBeforeScript(pipeline, entry, new Set([entry])) || foreignParents(pipeline, entry).length > 0
  );
}

interface Default {
  readonly runner: Entry;
  readonly gone: ReadonlySet<Entry>;
  readonly site: Site;
}

/** A job that extends a hidden one with a `before_script` would not run that of the defaults any more. */
function keepDefaults(draft: Draft, { runner, gone, site }: Default, reference: readonly string[]): void {
  const { pipeline } = draft;
  if (runner.map === undefined || runner.kind !== "job" || hasBeforeScript(pipeline, runner, gone)) return;
  const holder = pipeline.entries.find(
    ({ map, kind }) => (kind === "default" || kind === "global") && pairOf(map, "before_script"),
  );
  if (holder === undefined) return;
  const own = holder === site.entry ? site.sections.find(({ name }) => name === "before_script") : undefined;
  if (own !== undefined && isAllRecipe(own, site.recognition.recipe)) return;
  const path = holder.kind === "default" ? "[default, before_script]" : "[before_script]";
  draft.explicit.set(runner, [...reference, `!reference ${path}`]);
}
