/** A reference or call, written to HCL unchanged. */
export class HclExpression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An HCL value; lists and objects as in JSON. */
export type HclValue =
  | string
  | number
  | HclExpression
  | readonly HclValue[]
  | { readonly [name: string]: HclValue };

/**
 * Renders a block with its attributes, formatted as `terraform fmt` does.
 *
 * @see https://developer.hashicorp.com/terraform/language/style
 */
export function renderBlock(header: string, attributes: Readonly<Record<string, HclValue>>): string {
  return `${header} ${renderMembers(attributes)}\n`;
}

/** Renders a value; each level indents the lines after the first by two spaces. */
export function renderHclValue(value: HclValue): string {
  if (value instanceof HclExpression) return value.text;
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return quote(value);
  return Array.isArray(value)
    ? renderList(value)
    : renderMembers(value as Readonly<Record<string, HclValue>>);
}

/** HCL has JSON's escapes; the start of a template is escaped by doubling it. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(/[$%](?=\{)/g, "$&$&");
}

function renderList(values: readonly HclValue[]): string {
  const [only, ...others] = values.map(renderHclValue);
  if (only === undefined) return "[]";
  if (others.length === 0) return `[${only}]`;
  return `[\n${[only, ...others].map((value) => `${indent(value)},\n`).join("")}]`;
}

function renderMembers(members: Readonly<Record<string, HclValue>>): string {
  const entries = Object.entries(members).map(([name, value]) => ({
    name: /^[A-Za-z_][\w-]*$/.test(name) ? name : quote(name),
    value: renderHclValue(value),
  }));
  if (entries.length === 0) return "{}";
  const lines = entries.map(({ name, value }, index) =>
    indent(`${name.padEnd(alignedWidth(entries, index))} = ${value}`),
  );
  return `{\n${lines.join("\n")}\n}`;
}

interface Entry {
  readonly name: string;
  readonly value: string;
}

const spansLines = ({ value }: Entry) => value.includes("\n");

/** Adjacent one-line attributes have their `=` aligned. */
function alignedWidth(entries: readonly Entry[], index: number): number {
  const start = entries.findLastIndex((entry, other) => other <= index && spansLines(entry)) + 1;
  const next = entries.findIndex((entry, other) => other >= index && spansLines(entry));
  const run = entries.slice(start, next < 0 ? undefined : next);
  return Math.max(0, ...run.map(({ name }) => name.length));
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
