import { createRequire } from "node:module";

/** The attributes of a block; expressions are left as text: `${aws_iam_role.deploy.arn}`. */
export type HclBody = Readonly<Record<string, unknown>>;

/** Blocks with two labels, such as `resource`, by these. */
type ByTypeAndName = Readonly<Record<string, Readonly<Record<string, readonly HclBody[]>>>>;

/** Blocks with one label, such as `output`, by that. */
type ByName = Readonly<Record<string, readonly HclBody[]>>;

/** What the parser makes of a file: a list for every block, as blocks may be repeated. */
export interface ParsedHcl {
  readonly resource?: ByTypeAndName;
  readonly data?: ByTypeAndName;
  readonly output?: ByName;
  readonly variable?: ByName;
  readonly module?: ByName;
  readonly locals?: readonly HclBody[];
}

// Their declarations pull in the DOM's types, which clash with Node's; so they are loaded without them.
const load = createRequire(import.meta.url);

/** Parses HCL with HashiCorp's own parser, compiled to WebAssembly. */
export const { parse: parseHcl }: { readonly parse: (name: string, text: string) => Promise<ParsedHcl> } =
  load("@cdktn/hcl2json");

/** Formats HCL as `terraform fmt` does, with HashiCorp's own formatter, compiled to WebAssembly. */
export const { format: formatHcl }: { readonly format: (text: string) => Promise<string> } =
  load("@cdktn/hcl-tools");
