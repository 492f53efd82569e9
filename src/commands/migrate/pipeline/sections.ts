import { parseScript } from "../shell/parse.ts";
import { ShellSyntaxError, type Statement } from "../shell/script.ts";
import {
  type Entry,
  isAlias,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Pipeline,
  pairOf,
  type Scalar,
} from "./pipeline.ts";

/** `before_script` or `script` of a job; `fragment` is a list or a text outside all jobs. */
export type SectionName = "before_script" | "script" | "fragment";

/** One element of a script that is text in the file. */
export interface Item {
  readonly section: Section;
  readonly node: Scalar;
  readonly text: string;
  /** `undefined`: no shell would read it. */
  readonly statements: readonly Statement[] | undefined;
}

/** A script as written in the file. */
export interface Section {
  readonly entry: Entry;
  readonly name: SectionName;
  readonly pair: Pair;
  /** The list or the text itself; an alias is not followed. */
  readonly node: Node;
  readonly items: readonly Item[];
  /** Elements of any kind, aliases and references among them. */
  readonly count: number;
}

/** The scripts of an entry that run in one shell, in order. */
export function sectionsOf(entry: Entry): readonly Section[] {
  if (entry.kind === "fragment") return toSection(entry, "fragment", entry.pair);
  const names: readonly SectionName[] = ["before_script", "script"];
  return names.flatMap((name) => toSection(entry, name, pairOf(entry.map, name)));
}

function toSection(entry: Entry, name: SectionName, pair: Pair | undefined): readonly Section[] {
  const node = pair?.value;
  if (pair === undefined || isAlias(node)) return [];
  if (isScalar(node))
    return typeof node.value === "string"
      ? [build({ entry, name, pair, node, scalars: [node], count: 1 })]
      : [];
  if (!isSeq(node) || node.tag === "!reference") return [];
  const scalars = node.items.filter(
    (item): item is Scalar => isScalar(item) && typeof item.value === "string",
  );
  return [build({ entry, name, pair, node, scalars, count: node.items.length })];
}

type Parts = Omit<Section, "items"> & { readonly scalars: readonly Scalar[] };

function build({ scalars, ...rest }: Parts): Section {
  const items: Item[] = [];
  const section: Section = { ...rest, items };
  for (const node of scalars) {
    const text = String(node.value);
    items.push({ section, node, text, statements: parse(text) });
  }
  return section;
}

function parse(text: string): readonly Statement[] | undefined {
  try {
    return parseScript(text);
  } catch (error) {
    // A RangeError: nested deeper than the stack is.
    if (error instanceof ShellSyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The line of the file in which a statement begins, from 1. */
export function lineOfStatement(
  { source }: Pipeline,
  { node }: Item,
  { firstLine }: Pick<Statement, "firstLine">,
): number {
  const [from = 0] = node.range ?? [];
  return source.lineOf(from) + (node.type === "BLOCK_LITERAL" ? firstLine + 1 : 0);
}
