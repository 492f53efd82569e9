import {
  type Entry,
  isAlias,
  isMap,
  isSeq,
  lookUp,
  mergedMaps,
  type Node,
  type Pipeline,
  pairOf,
  referenceOf,
  textOf,
  textsOf,
} from "./pipeline.ts";

/** The entries that an entry takes from, nearest last: those that it merges, then those that it extends. */
function parentsOf(pipeline: Pipeline, entry: Entry): readonly Entry[] {
  if (entry.map === undefined || entry.kind === "global") return [];
  const merged = mergedMaps(pipeline, entry.map);
  const extended = extendsOf(pipeline, entry);
  return [
    ...extended.flatMap((name) => pipeline.entries.filter((other) => other.name === name)),
    ...pipeline.entries.filter(({ map }) => map !== undefined && merged.includes(map)),
  ];
}

/** What an entry extends, its own or by a merged map. */
export function extendsOf(pipeline: Pipeline, { map }: Entry): readonly string[] {
  if (map === undefined) return [];
  const own = pairOf(map, "extends");
  if (own !== undefined) return textsOf(pipeline.document, own.value);
  const inherited = mergedMaps(pipeline, map).flatMap((each) => pairOf(each, "extends") ?? []);
  return textsOf(pipeline.document, inherited[0]?.value);
}

/** What is known of a file's entries: every question about relatives asks for the ancestors of all of them. */
const KNOWN = new WeakMap<Entry, readonly Entry[]>();

/** All that an entry takes from, at any distance. */
export function ancestorsOf(pipeline: Pipeline, entry: Entry): readonly Entry[] {
  const known = KNOWN.get(entry) ?? findAncestors(pipeline, entry);
  KNOWN.set(entry, known);
  return known;
}

function findAncestors(pipeline: Pipeline, entry: Entry): readonly Entry[] {
  const found = new Set<Entry>();
  const pending = [...parentsOf(pipeline, entry)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next) || next === entry) continue;
    found.add(next);
    pending.push(...parentsOf(pipeline, next));
  }
  return [...found];
}

/** Names that an entry or one of its ancestors extends and that another file has to bring. */
export function foreignParents(pipeline: Pipeline, entry: Entry): readonly string[] {
  const names = new Set(pipeline.entries.map(({ name }) => name));
  return [entry, ...ancestorsOf(pipeline, entry)].flatMap((each) =>
    extendsOf(pipeline, each).filter((name) => !names.has(name)),
  );
}

/** Those that have the value of a key, nearest first: the entry itself, then its ancestors. */
export function holdersOfKey(pipeline: Pipeline, entry: Entry, key: string): readonly Entry[] {
  return [entry, ...ancestorsOf(pipeline, entry)].filter(
    ({ map, kind }) =>
      kind !== "global" && (pairOf(map, key) !== undefined || isMergedIn(pipeline, map, key)),
  );
}

function isMergedIn(pipeline: Pipeline, map: Entry["map"], key: string): boolean {
  return map !== undefined && mergedMaps(pipeline, map).some((each) => pairOf(each, key) !== undefined);
}

/** The entries that take from this one, at any distance. */
export function heirsOf(pipeline: Pipeline, entry: Entry): readonly Entry[] {
  return pipeline.entries.filter((other) => other !== entry && ancestorsOf(pipeline, other).includes(entry));
}

/** Whether a job has `inherit` set so that it does without the defaults. */
function refusesDefaults({ document }: Pipeline, { map }: Entry): boolean {
  const inherit = map && pairOf(map, "inherit")?.value;
  if (!isMap(inherit)) return false;
  const choice = pairOf(inherit, "default")?.value;
  if (isSeq(choice)) return !textsOf(document, choice).includes("before_script");
  return textOf(choice) === "false";
}

/** The jobs that run the `before_script` at the top level of the file. */
export function jobsWithDefaults(pipeline: Pipeline): readonly Entry[] {
  return pipeline.entries.filter(
    (entry) =>
      entry.kind === "job" &&
      pairOf(entry.map, "trigger") === undefined &&
      holdersOfKey(pipeline, entry, "before_script").length === 0 &&
      !refusesDefaults(pipeline, entry),
  );
}

/** Everything in the scripts of an entry: texts, aliases and references, lists within lists opened. */
function elementsOf({ map, pair, kind }: Entry): readonly Node[] {
  if (kind === "global") return ["before_script", "script"].flatMap((name) => open(pairOf(map, name)?.value));
  if (map === undefined) return open(pair?.value);
  return ["before_script", "script", "after_script"].flatMap((name) => open(pairOf(map, name)?.value));
}

function open(node: unknown): readonly Node[] {
  if (isSeq(node) && referenceOf(node) === undefined) return node.items.flatMap(open);
  return node === undefined || node === null ? [] : [node as Node];
}

/** Entries that name a script of this one by `!reference`, or by an alias of one of these nodes. */
export function referrersOf(pipeline: Pipeline, { name }: Entry, targets: readonly Node[]): readonly Entry[] {
  return pipeline.entries.filter((entry) =>
    elementsOf(entry).some((node) => {
      if (isAlias(node)) return targets.includes(node.resolve(pipeline.document) as Node);
      const [named, key] = referenceOf(node) ?? [];
      return named === name && (key === "before_script" || key === "script");
    }),
  );
}

/** `variables:` as a script of the entry sees them, those of the file included. */
export function variablesOf(pipeline: Pipeline, entry: Entry): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { map } of [entry, ...ancestorsOf(pipeline, entry), ...pipeline.entries.slice(0, 1)]) {
    const variables = lookUp(pipeline, map, "variables");
    for (const pair of isMap(variables) ? variables.items : []) {
      const key = textOf(pair.key);
      const text = isMap(pair.value) ? textOf(pairOf(pair.value, "value")?.value) : textOf(pair.value);
      if (key !== undefined && text !== undefined && !found.has(key)) found.set(key, text);
    }
  }
  return found;
}

/** Entries, those that they take from, those that take from them, and the defaults. */
export function withRelatives(pipeline: Pipeline, entries: readonly Entry[]): readonly Entry[] {
  const defaults = pipeline.entries.filter(({ kind }) => kind === "default");
  const related = entries.flatMap((entry) => [
    entry,
    ...ancestorsOf(pipeline, entry),
    ...heirsOf(pipeline, entry),
  ]);
  return [...new Set([...related, ...defaults])];
}
