import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";

/** A node of an expression, as HashiCorp's parser gives it. */
interface Node {
  readonly type: string;
  readonly children: readonly Node[];
  readonly range: { readonly start: { readonly byte: number }; readonly end: { readonly byte: number } };
  readonly meta: Readonly<Record<string, unknown>> & {
    readonly traversal?: readonly { readonly type: string; readonly segment: string }[];
  };
}

const { getExpressionAst }: { getExpressionAst: (name: string, text: string) => Promise<Node> } =
  createRequire(import.meta.url)("@cdktn/hcl2json");

type Value = unknown;
export type HclValues = Readonly<Record<string, Value>>;
/** The values of names such as `var` and `local`. */
export type HclScope = Readonly<Record<string, HclValues | Value>>;

class HclFailure extends Error {}

/** Parses an expression, to be evaluated as often as it is needed. */
export async function parseHclExpression(text: string): Promise<(scope: HclScope) => Value> {
  const node = nameKeys(await getExpressionAst("expression.tf", text), Buffer.from(text));
  return (scope) => evaluate(node, scope);
}

/** Keys that stand for themselves have no text of their own in the tree. */
function nameKeys(node: Node, source: Buffer): Node {
  const { start, end } = node.range;
  const children = node.children.map((child) => nameKeys(child, source));
  if (node.type !== "" || children.length > 0) return { ...node, children };
  return { ...node, meta: { value: source.toString("utf8", start.byte, end.byte) } };
}

function keyOf({ children: [computed], meta }: Node, scope: HclScope): string {
  return String(computed === undefined ? meta.value : evaluate(computed, scope));
}

/** @see https://developer.hashicorp.com/terraform/language/functions */
const FUNCTIONS: Readonly<Record<string, (...values: never[]) => Value>> = {
  alltrue: (values: readonly boolean[]) => values.every(Boolean),
  anytrue: (values: readonly boolean[]) => values.some(Boolean),
  concat: (...lists: (readonly Value[])[]) => lists.flat(),
  contains: (list: readonly Value[], value: Value) => list.includes(value),
  distinct: (list: readonly Value[]) => [...new Set(list)],
  flatten: (list: readonly Value[]) => list.flat(Number.POSITIVE_INFINITY),
  join: (separator: string, list: readonly string[]) => list.join(separator),
  jsonencode: (value: Value) => JSON.stringify(value),
  length: (value: readonly Value[] | string | HclValues) =>
    typeof value === "object" ? Object.keys(value).length : value.length,
  merge: (...objects: HclValues[]) => Object.assign({}, ...objects),
  regex: (pattern: string, text: string) => {
    if (!new RegExp(pattern).test(text)) throw new HclFailure(`${pattern} does not match`);
    return text;
  },
  replace: (text: string, part: string, other: string) => text.split(part).join(other),
  setintersection: (...sets: (readonly Value[])[]) =>
    (sets[0] ?? []).filter((value) => sets.every((set) => set.includes(value))),
  strcontains: (text: string, part: string) => text.includes(part),
  endswith: (text: string, end: string) => text.endsWith(end),
  trimprefix: (text: string, prefix: string) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
};

const OPERATORS: Readonly<Record<string, (left: () => never, right: () => never) => Value>> = {
  add: (left, right) => (left() as number) + (right() as number),
  equal: (left, right) => isDeepStrictEqual(left(), right()),
  greaterThan: (left, right) => left() > right(),
  greaterThanOrEqual: (left, right) => left() >= right(),
  lessThanOrEqual: (left, right) => left() <= right(),
  logicalAnd: (left, right) => left() && right(),
  logicalOr: (left, right) => left() || right(),
  notEqual: (left, right) => !isDeepStrictEqual(left(), right()),
};

function readText(text: string): string {
  return text.replaceAll(/\$\$\{/g, () => "$" + "{");
}

function evaluate(node: Node, scope: HclScope): Value {
  const [first, second, third] = node.children as [Node, Node, Node];
  const at = (child: Node) => evaluate(child, scope);
  switch (node.type) {
    case "literalValue":
      return node.meta.type === "string"
        ? readText(String(node.meta.value))
        : JSON.parse(String(node.meta.value));
    case "template":
    case "templateWrap":
      return node.children.map(at).join("");
    case "scopeTraversal":
      return traverse(node, scope);
    case "relativeTraversal":
      return follow(
        at(first),
        (node.meta.traversal ?? []).map(({ segment }) => segment),
      );
    case "index":
      return (at(first) as HclValues)[at(second) as string];
    case "tuple":
      return node.children.map(at);
    case "object":
      return evaluateObject(node, scope);
    case "for":
      return evaluateFor(node, scope);
    case "conditional":
      return at(first) ? at(second) : at(third);
    case "unaryOp":
      return !at(first);
    case "binaryOp":
      return operate(
        String(node.meta.operator),
        () => at(first),
        () => at(second),
      );
    case "function":
      return call(String(node.meta.name), node.children, scope);
    default:
      throw new Error(`no evaluation of ${node.type}: ${node.meta.value}`);
  }
}

function operate(operator: string, left: () => Value, right: () => Value): Value {
  const operation = OPERATORS[operator];
  if (operation === undefined) throw new Error(`no operator ${operator}`);
  return operation(left as () => never, right as () => never);
}

function call(name: string, children: readonly Node[], scope: HclScope): Value {
  if (name === "can") return succeeds(() => children.map((child) => evaluate(child, scope)));
  const implementation = FUNCTIONS[name];
  if (implementation === undefined) throw new Error(`no function ${name}`);
  return implementation(...(children.map((child) => evaluate(child, scope)) as never[]));
}

function succeeds(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof HclFailure) return false;
    throw error;
  }
}

function traverse({ meta: { traversal = [], value } }: Node, scope: HclScope): Value {
  const [root = "", ...steps] = traversal.map(({ segment }) => segment);
  if (!(root in scope)) throw new Error(`unknown: ${value}`);
  return follow(scope[root], steps);
}

function follow(start: Value, steps: readonly string[]): Value {
  return steps.reduce((object, step) => {
    const found = object as HclValues;
    if (!(step in found)) throw new Error(`unknown: ${step}`);
    return found[step];
  }, start);
}

function evaluateObject({ children }: Node, scope: HclScope): Value {
  const entries = children.flatMap((key, index) =>
    index % 2 === 0 ? [[keyOf(key, scope), evaluate(children[index + 1] as Node, scope)] as const] : [],
  );
  return Object.fromEntries(entries);
}

function evaluateFor({ children, meta }: Node, scope: HclScope): Value {
  const [collection, ...rest] = children as [Node, ...Node[]];
  const [key, value, condition] = (meta.keyExpression === undefined ? [undefined, ...rest] : rest) as [
    Node | undefined,
    Node,
    Node | undefined,
  ];
  const elements = evaluate(collection, scope) as HclValues;
  const results = Object.entries(elements).flatMap(([name, element]) => {
    const inner = { ...scope, [String(meta.keyVar)]: name, [String(meta.valVar)]: element };
    if (condition !== undefined && !evaluate(condition, inner)) return [];
    return [[key === undefined ? "" : String(evaluate(key, inner)), evaluate(value, inner)] as const];
  });
  return key === undefined ? results.map(([, result]) => result) : Object.fromEntries(results);
}
