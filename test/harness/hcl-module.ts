import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type HclBody, type ParsedHcl, parseHcl } from "./hcl.ts";
import { type HclScope, type HclValues, parseHclExpression } from "./hcl-expression.ts";

/** A module whose values can be worked out without Terraform, as far as they need no resource. */
export interface HclModule {
  /**
   * The value of a local.
   *
   * @param given variables as a caller gives them
   * @param known locals that need a resource
   */
  local(name: string, given: HclValues, known: HclValues): unknown;
  /** The messages of validations that the variables fail. */
  validate(given: HclValues): readonly string[];
}

type Expression = (scope: HclScope) => unknown;

/** Reads the `.tf` files of a folder. */
export async function readHclModule(folder: string): Promise<HclModule> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".tf"));
  const files = await Promise.all(
    names.map((name) => parseHcl(name, readFileSync(join(folder, name), "utf8"))),
  );
  const [variables, locals] = [await readVariables(files), await readLocals(files)];
  const valuesOf = (given: HclValues): HclValues =>
    Object.fromEntries(variables.map(({ name, complete }) => [name, complete(given[name])]));
  return {
    local: (name, given, known) => scopeOf(valuesOf(given), known, locals)[name],
    validate: (given) => {
      const scope = { var: valuesOf(given) };
      return variables.flatMap(({ validations }) =>
        validations.flatMap(({ condition, message }) => (condition(scope) ? [] : [message])),
      );
    },
  };
}

/** The locals, each worked out once, when it is asked for. */
function scopeOf(variables: HclValues, known: HclValues, locals: ReadonlyMap<string, Expression>): HclValues {
  const values: Record<string, unknown> = { ...known };
  for (const [name, expression] of locals) {
    Object.defineProperty(values, name, {
      configurable: true,
      get: () => {
        const value = expression({ var: variables, local: values });
        Object.defineProperty(values, name, { value });
        return value;
      },
    });
  }
  return values;
}

/** What the parser leaves of an expression: `${…}`. */
function parseAttribute(attribute: unknown): Promise<Expression> {
  const [, text] = /^\$\{([\s\S]*)\}$/.exec(String(attribute)) ?? [];
  if (text === undefined) throw new Error(`no expression: ${JSON.stringify(attribute)}`);
  return parseHclExpression(text);
}

/** What stands for itself or needs a resource is not evaluated, and is no expression here. */
async function readLocals(files: readonly ParsedHcl[]): Promise<ReadonlyMap<string, Expression>> {
  const attributes = files.flatMap(({ locals = [] }) => locals.flatMap(Object.entries));
  const pure = attributes.filter(([, text]) => !/\baws_|\.\.\.\)/.test(String(text)));
  return new Map(
    await Promise.all(pure.map(async ([name, text]) => [name, await parseAttribute(text)] as const)),
  );
}

interface Variable {
  readonly name: string;
  /** Adds what a caller may leave out. */
  readonly complete: (given: unknown) => unknown;
  readonly validations: readonly { readonly condition: Expression; readonly message: string }[];
}

function readVariables(files: readonly ParsedHcl[]): Promise<readonly Variable[]> {
  const bodies = files.flatMap(({ variable = {} }) => Object.entries(variable));
  return Promise.all(
    bodies.map(async ([name, [body = {}]]) => ({
      name,
      complete: completion(body),
      validations: await Promise.all(
        ((body.validation ?? []) as readonly HclBody[]).map(async (validation) => ({
          condition: await parseAttribute(validation.condition),
          message: String(validation.error_message),
        })),
      ),
    })),
  );
}

function completion({ type, default: fallback = null }: HclBody): Variable["complete"] {
  const optional = [...String(type).matchAll(/(\w+) *= optional\(.+?(?:, (\[\]|\{\}|\w+))?\)$/gm)];
  const defaults = Object.fromEntries(
    optional.map(([, name = "", text = "null"]) => [name, JSON.parse(text)]),
  );
  if (optional.length === 0) return (given) => given ?? fallback;
  return (given) =>
    Object.fromEntries(
      Object.entries(given as Readonly<Record<string, HclValues>>).map(([key, value]) => {
        const unknown = Object.keys(value).filter((name) => !(name in defaults));
        if (unknown.length > 0) throw new Error(`${key} has no attributes ${unknown.join(", ")}`);
        return [key, { ...defaults, ...value }];
      }),
    );
}
