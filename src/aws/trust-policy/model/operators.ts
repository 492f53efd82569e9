type Relation = "equal" | "less" | "less-or-equal" | "greater" | "greater-or-equal";

/** A way to compare a value of the policy with one of the request. */
export type ComparisonName =
  | "exact"
  | "ignoring-case"
  | "pattern"
  | "boolean"
  | "base64"
  | "ip-address"
  | "arn"
  | `number-${Relation}`
  | `date-${Relation}`;

/** One comparison operator, as data. */
export interface OperatorRow {
  readonly comparison: ComparisonName;
  /** A negated operator also holds when the key is missing. */
  readonly polarity: "positive" | "negated";
  /** Whether `*` and `?` in the policy's value are wildcards. */
  readonly wildcards: "active" | "literal";
  /** Whether `${…}` in the policy's value is a policy variable. */
  readonly variables: "expanded" | "literal";
}

const EXACT_TEXT = { wildcards: "literal", variables: "expanded" } as const;
const TEXT_PATTERN = { wildcards: "active", variables: "expanded" } as const;
const TYPED_VALUE = { wildcards: "literal", variables: "literal" } as const;
const POSITIVE = { polarity: "positive" } as const;
const NEGATED = { polarity: "negated" } as const;

/**
 * The comparison operators. IAM User Guide, "IAM JSON policy elements: Condition operators";
 * for variables "IAM policy elements: Variables and tags".
 */
const COMPARISON_OPERATORS = {
  StringEquals: { comparison: "exact", ...POSITIVE, ...EXACT_TEXT },
  StringNotEquals: { comparison: "exact", ...NEGATED, ...EXACT_TEXT },
  StringEqualsIgnoreCase: { comparison: "ignoring-case", ...POSITIVE, ...EXACT_TEXT },
  StringNotEqualsIgnoreCase: { comparison: "ignoring-case", ...NEGATED, ...EXACT_TEXT },
  StringLike: { comparison: "pattern", ...POSITIVE, ...TEXT_PATTERN },
  StringNotLike: { comparison: "pattern", ...NEGATED, ...TEXT_PATTERN },
  NumericEquals: { comparison: "number-equal", ...POSITIVE, ...TYPED_VALUE },
  NumericNotEquals: { comparison: "number-equal", ...NEGATED, ...TYPED_VALUE },
  NumericLessThan: { comparison: "number-less", ...POSITIVE, ...TYPED_VALUE },
  NumericLessThanEquals: { comparison: "number-less-or-equal", ...POSITIVE, ...TYPED_VALUE },
  NumericGreaterThan: { comparison: "number-greater", ...POSITIVE, ...TYPED_VALUE },
  NumericGreaterThanEquals: {
    comparison: "number-greater-or-equal",
    ...POSITIVE,
    ...TYPED_VALUE,
  },
  DateEquals: { comparison: "date-equal", ...POSITIVE, ...TYPED_VALUE },
  DateNotEquals: { comparison: "date-equal", ...NEGATED, ...TYPED_VALUE },
  DateLessThan: { comparison: "date-less", ...POSITIVE, ...TYPED_VALUE },
  DateLessThanEquals: { comparison: "date-less-or-equal", ...POSITIVE, ...TYPED_VALUE },
  DateGreaterThan: { comparison: "date-greater", ...POSITIVE, ...TYPED_VALUE },
  DateGreaterThanEquals: { comparison: "date-greater-or-equal", ...POSITIVE, ...TYPED_VALUE },
  Bool: { comparison: "boolean", ...POSITIVE, ...TYPED_VALUE },
  BinaryEquals: { comparison: "base64", ...POSITIVE, ...TYPED_VALUE },
  IpAddress: { comparison: "ip-address", ...POSITIVE, ...TYPED_VALUE },
  NotIpAddress: { comparison: "ip-address", ...NEGATED, ...TYPED_VALUE },
  ArnEquals: { comparison: "arn", ...POSITIVE, ...TEXT_PATTERN },
  ArnLike: { comparison: "arn", ...POSITIVE, ...TEXT_PATTERN },
  ArnNotEquals: { comparison: "arn", ...NEGATED, ...TEXT_PATTERN },
  ArnNotLike: { comparison: "arn", ...NEGATED, ...TEXT_PATTERN },
} as const satisfies Record<string, OperatorRow>;

export type ComparisonOperatorName = keyof typeof COMPARISON_OPERATORS;

export type SetQualifier = "ForAllValues" | "ForAnyValue";

type Qualified<Name extends string> = Name | `${SetQualifier}:${Name}`;

/** Every operator name that IAM accepts. `Null` takes no `IfExists`. */
export type OperatorName = Qualified<ComparisonOperatorName | `${ComparisonOperatorName}IfExists` | "Null">;

/** An operator name taken apart. */
export type Operator =
  | { readonly kind: "null"; readonly qualifier?: SetQualifier }
  | {
      readonly kind: "comparison";
      readonly qualifier?: SetQualifier;
      readonly base: ComparisonOperatorName;
      readonly row: OperatorRow;
      /** What a missing key means: `IfExists` accepts it, otherwise the polarity decides. */
      readonly missingKey: "passes" | "by-polarity";
    };

/** The names of all comparison operators, without qualifier and without `IfExists`. */
export const COMPARISON_OPERATOR_NAMES = Object.keys(
  COMPARISON_OPERATORS,
) as readonly ComparisonOperatorName[];

const QUALIFIERS: readonly SetQualifier[] = ["ForAllValues", "ForAnyValue"];

function withModifiers(base: ComparisonOperatorName): readonly (readonly [string, Operator])[] {
  const row = COMPARISON_OPERATORS[base];
  return [
    [base, { kind: "comparison", base, row, missingKey: "by-polarity" }],
    [`${base}IfExists`, { kind: "comparison", base, row, missingKey: "passes" }],
  ];
}

function withQualifiers([name, operator]: readonly [string, Operator]): readonly (readonly [
  string,
  Operator,
])[] {
  const qualified = QUALIFIERS.map(
    (qualifier) => [`${qualifier}:${name}`, { ...operator, qualifier }] as const,
  );
  return [[name, operator], ...qualified];
}

const OPERATORS = Object.fromEntries(
  [...COMPARISON_OPERATOR_NAMES.flatMap(withModifiers), ["Null", { kind: "null" }] as const].flatMap(
    withQualifiers,
  ),
) as Readonly<Record<OperatorName, Operator>>;

/** Every operator name that IAM accepts. */
const OPERATOR_NAMES = Object.keys(OPERATORS) as readonly OperatorName[];

/** Tells whether IAM knows the operator; names are case-sensitive ("Invalid Condition type : stringEquals"). */
export function isOperatorName(text: string): text is OperatorName {
  return Object.hasOwn(OPERATORS, text);
}

/** Finds the right spelling of an operator that differs in case only. */
export function findOperatorSpelling(text: string): OperatorName | undefined {
  return OPERATOR_NAMES.find((name) => name.toLowerCase() === text.toLowerCase());
}

/** Takes an operator name apart. */
export function readOperator(name: OperatorName): Operator {
  return OPERATORS[name];
}
