import {
  ancestorsOf,
  extendsOf,
  heirsOf,
  holdersOfKey,
  jobsWithDefaults,
  referrersOf,
} from "../pipeline/inheritance.ts";
import { type Entry, type Node, type Pipeline, pairOf } from "../pipeline/pipeline.ts";
import type { Section } from "../pipeline/sections.ts";
import type { Site } from "./sites.ts";

/** Nodes of a script by which an alias can bring it in. */
export function nodesOf(sections: readonly Section[]): readonly Node[] {
  return sections.flatMap(({ node, items }) => [node, ...items.map((item) => item.node)]);
}

/** The entries that have to extend the hidden job, so that whoever runs the script has its token and variables. */
export function runnersOf(pipeline: Pipeline, { entry, sections }: Site): readonly Entry[] {
  const referrers = referrersOf(pipeline, entry, nodesOf(sections)).filter(
    (other) => other !== entry && other.map !== undefined,
  );
  if (entry.kind === "fragment") return referrers;
  if (entry.kind === "default" || entry.kind === "global")
    return [...jobsWithDefaults(pipeline), ...referrers];
  const heirs = heirsOf(pipeline, entry);
  const isOnlyNamed = entry.kind === "hidden" && heirs.length === 0 && referrers.length > 0;
  const others = referrers.filter((other) => !ancestorsOf(pipeline, other).includes(entry));
  return [
    ...(isOnlyNamed ? [] : [entry]),
    ...heirs.filter((heir) => losesExtends(pipeline, heir, entry)),
    ...others,
  ];
}

/** A job that merges the entry has its keys, but not those that it sets itself. */
function losesExtends(pipeline: Pipeline, heir: Entry, entry: Entry): boolean {
  if (pairOf(heir.map, "extends") === undefined) return false;
  const byExtends = extendsOf(pipeline, heir).some(
    (name) => name === entry.name || ancestorsByName(pipeline, name).includes(entry),
  );
  return !byExtends;
}

function ancestorsByName(pipeline: Pipeline, name: string): readonly Entry[] {
  const found = pipeline.entries.find((each) => each.name === name);
  return found === undefined ? [] : [found, ...ancestorsOf(pipeline, found)];
}

/** Whether an entry runs a `before_script` of its own or of what it extends, a script that goes aside. */
export function hasBeforeScript(pipeline: Pipeline, entry: Entry, gone: ReadonlySet<Entry>): boolean {
  return holdersOfKey(pipeline, entry, "before_script").some((holder) => !gone.has(holder));
}
