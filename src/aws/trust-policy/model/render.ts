import type { ConditionTest, Principal, Statement, TrustPolicy } from "./policy.ts";

type Json = string | readonly string[] | { readonly [member: string]: Json };

/** A list of one is written as the single item, as AWS itself prints it. */
function scalarOrList(values: readonly string[]): string | readonly string[] {
  const [only, ...others] = values;
  return only !== undefined && others.length === 0 ? only : values;
}

function toPrincipal(principal: Principal): Json {
  if (principal.kind === "everyone") return "*";
  return Object.fromEntries(principal.entries.map(({ type, ids }) => [type, scalarOrList(ids)]));
}

function toCondition(tests: readonly ConditionTest[]): Json {
  const operators = [...new Set(tests.map((test) => test.operator))];
  return Object.fromEntries(
    operators.map((operator) => {
      const keys = tests.filter((test) => test.operator === operator);
      return [operator, Object.fromEntries(keys.map(({ key, values }) => [key, scalarOrList(values)]))];
    }),
  );
}

function toStatement(statement: Statement): Json {
  return {
    ...(statement.sid === undefined ? {} : { Sid: statement.sid }),
    Effect: statement.effect,
    Principal: toPrincipal(statement.principal),
    [statement.action.element]: scalarOrList(statement.action.patterns),
    ...(statement.conditions.length === 0 ? {} : { Condition: toCondition(statement.conditions) }),
  };
}

function toPolicy(policy: TrustPolicy): object {
  return {
    ...(policy.version === undefined ? {} : { Version: policy.version }),
    ...(policy.id === undefined ? {} : { Id: policy.id }),
    Statement: policy.statements.map(toStatement),
  };
}

/** Renders one statement as JSON in as few lines as are easy to read, for a log. */
export function renderStatement(statement: Statement): string {
  return layOut(toStatement(statement), "");
}

const MAX_COLUMNS = 96;

/** What fits goes on one line; an object around a single member adds no lines. */
function layOut(value: Json, indent: string): string {
  const flat = onOneLine(value);
  if (typeof value === "string" || indent.length + flat.length <= MAX_COLUMNS) return flat;
  const inner = `${indent}  `;
  if (isList(value)) return `[\n${value.map((item) => inner + layOut(item, inner)).join(",\n")}\n${indent}]`;
  const members = Object.entries(value).map(([name, member]) => [JSON.stringify(name), member] as const);
  const [[name, member] = ["", ""], ...others] = members;
  if (others.length === 0) return `{ ${name}: ${layOut(member, indent)} }`;
  return `{\n${members.map(([name, member]) => `${inner}${name}: ${layOut(member, inner)}`).join(",\n")}\n${indent}}`;
}

function onOneLine(value: Json): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(onOneLine).join(", ")}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${onOneLine(member)}`,
  );
  return `{ ${members.join(", ")} }`;
}

function isList(value: Json): value is readonly string[] {
  return Array.isArray(value);
}

/** Renders a trust policy as JSON, indented by two spaces, members in AWS's usual order. */
export function renderPolicy(policy: TrustPolicy): string {
  return JSON.stringify(toPolicy(policy), null, 2);
}
