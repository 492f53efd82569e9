import { type Inclusion, renderInclusion } from "../../../config/inputs/include-block.ts";
import { isMap, isScalar, isSeq, type Node, type Pipeline, pairOf, rangeOf } from "../pipeline/pipeline.ts";
import { type Edit, endOf } from "../pipeline/source.ts";
import { firstKey, indentOf, insertAfter, insertBefore, isInline } from "./changes.ts";

/** The default name of the hidden job, without its dot. */
const FIRST_NAME = "aws_web_identity";

/** What the pipeline is to include; roles with the same inputs share one hidden job. */
export interface Inclusions {
  /** @returns the name of the hidden job, with its dot */
  readonly webIdentity: (inputs: Inclusion["inputs"], owner: string) => string;
  readonly assumeRole: (inputs: Inclusion["inputs"]) => void;
  readonly list: readonly Inclusion[];
}

/** Whether a hidden job has the component's own name, or one that says whose it is. */
export type Naming = "default" | "by-owner";

/** @param project where the components are published, if the user has said so */
export function createInclusions(
  project: string | undefined,
  taken: ReadonlySet<string>,
  naming: Naming,
): Inclusions {
  const list: Inclusion[] = [];
  const names = new Map<string, string>();
  return {
    list,
    webIdentity(inputs, owner) {
      const key = JSON.stringify(inputs);
      const known = names.get(key);
      if (known !== undefined) return known;
      const wanted = naming === "default" ? FIRST_NAME : `${slug(owner)}_role`;
      const name = freeName(wanted, new Set([...taken, ...names.values()]));
      names.set(key, name);
      list.push({ component: "web-identity", project, inputs: { ...inputs, "job-name": name.slice(1) } });
      return name;
    },
    assumeRole(inputs) {
      const key = JSON.stringify(inputs);
      if (names.has(key)) return;
      names.set(key, "");
      list.push({ component: "assume-role", project, inputs });
    },
  };
}

function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "_")
      .replaceAll(/^_+|_+$/g, "") || "aws"
  );
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = `.${wanted}${number === 1 ? "" : `_${number}`}`;
    if (!taken.has(name)) return name;
  }
}

/**
 * Adds them to `include`, which has four forms.
 *
 * @returns nothing for an `include` that cannot be added to, such as an alias
 */
export function addInclusions(pipeline: Pipeline, list: readonly Inclusion[]): readonly Edit[] | undefined {
  const pair = pairOf(pipeline.root, "include");
  const value = pair?.value as Node | null | undefined;
  if (pair === undefined || value === undefined || value === null) return [addKey(pipeline, list)];
  const [from, to] = rangeOf(value);
  if (isScalar(value)) {
    const lines = [
      "",
      `  - ${pipeline.source.text.slice(from, to)}`,
      ...list.flatMap((each) => asElement(each, "  ")),
    ];
    const before = pipeline.source.text.slice(0, from).trimEnd().length;
    return [{ from: before, to, text: lines.join(pipeline.source.lineBreak) }];
  }
  if (isMap(value) && !isInline(value)) return wrapMap(pipeline, value, list);
  if (isSeq(value) && !isInline(value)) {
    const indent = " ".repeat(rangeOf(value)[0] - pipeline.source.lineStart(rangeOf(value)[0]));
    const end = endOf(pipeline.source, from, to);
    return [
      insertAfter(
        pipeline,
        end,
        list.flatMap((each) => asElement(each, indent)),
      ),
    ];
  }
  return isSeq(value) || isMap(value) ? [addInline(pipeline, value, list)] : undefined;
}

function asElement(inclusion: Inclusion, indent: string): readonly string[] {
  const [first = "", ...rest] = renderInclusion(inclusion);
  return [`${indent}- ${first}`, ...rest.map((line) => `${indent}${line}`)];
}

/** Before the first key, and before the comment that belongs to that. */
function addKey(pipeline: Pipeline, list: readonly Inclusion[]): Edit {
  const { text, lineStart } = pipeline.source;
  const lines = block(list, indentOf(pipeline, firstKey(pipeline.root)));
  let at = lineStart(firstKey(pipeline.root));
  for (;;) {
    const before = at === 0 ? 0 : lineStart(at - 1);
    if (before === at || !/^#/.test(text.slice(before, at))) break;
    // A comment at the top of the file is that of the file.
    if (before === 0) return insertBefore(pipeline, firstKey(pipeline.root), lines);
    at = before;
  }
  return insertBefore(pipeline, at, lines);
}

function block(list: readonly Inclusion[], indent: string): readonly string[] {
  return [`${indent}include:`, ...list.flatMap((each) => asElement(each, `${indent}  `)), ""];
}

/** One include that is written without a list becomes the first of one. */
function wrapMap(pipeline: Pipeline, map: Node, list: readonly Inclusion[]): readonly Edit[] {
  const [from, to] = rangeOf(map);
  const end = endOf(pipeline.source, from, to);
  const indent = indentOf(pipeline, from);
  const lines = pipeline.source.text.slice(from, end).split(/\r?\n/);
  const wrapped = lines.map((line, index) =>
    index === 0 ? `- ${line}` : line.trim() === "" ? line : `  ${line}`,
  );
  const text = [...wrapped, ...list.flatMap((each) => asElement(each, indent))].join(
    pipeline.source.lineBreak,
  );
  return [{ from, to: end, text }];
}

function addInline(pipeline: Pipeline, value: Node, list: readonly Inclusion[]): Edit {
  const [from, to] = rangeOf(value);
  const own = pipeline.source.text.slice(from, to).trimEnd();
  const inner = isSeq(value) ? own.slice(1, -1).trim().replace(/,$/, "") : own;
  const added = list.map((each) => inline(each));
  const lines = ["", ...[inner, ...added].filter((each) => each !== "").map((each) => `  ${each},`), "]"];
  return { from, to: from + own.length, text: `[${lines.join(pipeline.source.lineBreak)}` };
}

function inline(inclusion: Inclusion): string {
  const [first = "", heading, ...inputs] = renderInclusion(inclusion);
  const [, address = ""] = /^component: (.*)$/.exec(first) ?? [];
  const quoted = inputs.map((line) =>
    line
      .trim()
      .replace(
        /^([\w-]+): (.*)$/,
        (_, name, text) => `${name}: ${text.startsWith('"') ? text : JSON.stringify(text)}`,
      ),
  );
  const rest = heading === undefined ? "" : `, inputs: { ${quoted.join(", ")} }`;
  return `{ component: ${JSON.stringify(address)}${rest} }`;
}
