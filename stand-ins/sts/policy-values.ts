/** Condition keys of a request: names in lower case, since IAM compares them so; a key without values is absent. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

/** A character of a policy value; `wild` where `*` or `?` stands in the policy's own text. */
interface PatternCharacter {
  readonly character: string;
  readonly wild: boolean;
}

/** A policy value after its policy variables are replaced. */
export type Pattern = readonly PatternCharacter[];

function charactersOf(text: string, isPolicyText: boolean): Pattern {
  return [...text].map((character) => ({
    character,
    wild: isPolicyText && (character === "*" || character === "?"),
  }));
}

const VARIABLE = /\$\{([^}]*)\}/;
const VARIABLE_WITH_DEFAULT = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/;

/** `${*}`, `${?}` and `${$}` are the characters themselves; a key without a single value gives its default. */
function valueOfVariable(expression: string, context: ConditionContext): string | undefined {
  if (["*", "?", "$"].includes(expression)) return expression;
  const [, key = "", fallback] = VARIABLE_WITH_DEFAULT.exec(expression) ?? [];
  const values = context.get(key.toLowerCase()) ?? [];
  return values.length === 1 ? values[0] : fallback;
}

/** A value without policy variables: of the older version, or of an element that has none. */
export function literalPattern(value: string): Pattern {
  return charactersOf(value, true);
}

/**
 * Replaces policy variables.
 *
 * @returns `undefined` when a variable has neither value nor default: the value then matches nothing
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function expandPattern(value: string, context: ConditionContext): Pattern | undefined {
  const pattern: PatternCharacter[] = [];
  let rest = value;
  for (let match = VARIABLE.exec(rest); match; match = VARIABLE.exec(rest)) {
    const replacement = valueOfVariable(match[1] ?? "", context);
    if (replacement === undefined) return undefined;
    pattern.push(...charactersOf(rest.slice(0, match.index), true), ...charactersOf(replacement, false));
    rest = rest.slice(match.index + match[0].length);
  }
  return [...pattern, ...charactersOf(rest, true)];
}

export function textOf(pattern: Pattern): string {
  return pattern.map(({ character }) => character).join("");
}

function expressionOf({ character, wild }: PatternCharacter): string {
  if (wild) return character === "*" ? ".*" : ".";
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}

/** `*` stands for any run of characters and `?` for one, anchored at both ends. */
export function matchesLike(text: string, pattern: Pattern, flags = ""): boolean {
  return new RegExp(`^${pattern.map(expressionOf).join("")}$`, `su${flags}`).test(text);
}

const ARN_PARTS = 6;

function splitArn(pattern: Pattern): readonly Pattern[] {
  const parts: PatternCharacter[][] = [[]];
  for (const item of pattern) {
    if (item.character === ":" && parts.length < ARN_PARTS) parts.push([]);
    else parts.at(-1)?.push(item);
  }
  return parts;
}

/** Each of the six parts of an ARN is compared by itself: a wildcard does not cross the colons between them. */
export function matchesArn(text: string, pattern: Pattern): boolean {
  const actual = splitArn(charactersOf(text, false)).map(textOf);
  const expected = splitArn(pattern);
  return (
    actual.length === ARN_PARTS &&
    expected.length === ARN_PARTS &&
    expected.every((part, index) => matchesLike(actual[index] ?? "", part))
  );
}
