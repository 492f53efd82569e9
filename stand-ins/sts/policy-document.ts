import { parseOperator } from "./condition-operators.ts";

/** A policy as the evaluator reads it: every "string or list" made a list, every value a string. */
export interface PolicyDocument {
  /** Policy variables work in `2012-10-17` only; the other version is also the default of IAM. */
  readonly version: "2012-10-17" | "2008-10-17";
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: ElementMatch;
  /** By type of principal: `AWS`, `Federated`, …. */
  readonly principals: ReadonlyMap<string, readonly string[]>;
  /** Absent in a trust policy. */
  readonly resources: ElementMatch | undefined;
  readonly conditions: readonly Condition[];
}

/** An element that has a negated twin, as `Action` has `NotAction`. */
export interface ElementMatch {
  readonly patterns: readonly string[];
  readonly negated: boolean;
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export type PolicyKind = "trust" | "identity";

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (!["string", "number", "boolean"].includes(typeof item)) {
      throw new Error(`expected a string or a list of strings, got ${JSON.stringify(item)}`);
    }
    return String(item);
  });
}

function parseElement(statement: JsonObject, name: string): ElementMatch | undefined {
  const negated = statement[`Not${name}`] !== undefined;
  const value = negated ? statement[`Not${name}`] : statement[name];
  return value === undefined ? undefined : { patterns: listOf(value), negated };
}

function parsePrincipals(principal: unknown): Statement["principals"] {
  if (principal === "*") return new Map([["AWS", ["*"]]]);
  if (!isObject(principal)) throw new Error('"Principal" must be "*" or an object');
  return new Map(Object.entries(principal).map(([type, values]) => [type, listOf(values)]));
}

function parseConditions(block: unknown): readonly Condition[] {
  if (block === undefined) return [];
  if (!isObject(block)) throw new Error('"Condition" must be an object');
  return Object.entries(block).flatMap(([operator, keys]) => {
    parseOperator(operator);
    if (!isObject(keys)) throw new Error(`"${operator}" must be an object`);
    return Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf(values) }));
  });
}

const FORBIDDEN: Readonly<Record<PolicyKind, readonly string[]>> = {
  trust: ["NotPrincipal", "Resource", "NotResource"],
  identity: ["Principal", "NotPrincipal"],
};

function parseStatement(value: unknown, kind: PolicyKind): Statement {
  if (!isObject(value)) throw new Error('"Statement" must hold objects');
  const effect = value.Effect;
  if (effect !== "Allow" && effect !== "Deny") throw new Error('"Effect" must be "Allow" or "Deny"');
  const forbidden = FORBIDDEN[kind].find((name) => value[name] !== undefined);
  if (forbidden !== undefined) throw new Error(`"${forbidden}" is not allowed in this kind of policy`);
  const actions = parseElement(value, "Action");
  if (actions === undefined) throw new Error('"Action" is missing');
  const resources = parseElement(value, "Resource");
  if (kind === "identity" && resources === undefined) throw new Error('"Resource" is missing');
  return {
    effect,
    actions,
    principals: kind === "trust" ? parsePrincipals(value.Principal) : new Map(),
    resources,
    conditions: parseConditions(value.Condition),
  };
}

function parseVersion(version: unknown): PolicyDocument["version"] {
  if (version === undefined || version === "2008-10-17") return "2008-10-17";
  if (version === "2012-10-17") return version;
  throw new Error(`"Version" must be 2012-10-17 or 2008-10-17, got ${JSON.stringify(version)}`);
}

/**
 * Parses a policy as strictly as IAM does when a role is created.
 *
 * @param where what the policy belongs to, for the message
 * @throws Error for a policy that IAM would not have accepted
 */
export function parsePolicy(json: unknown, kind: PolicyKind, where: string): PolicyDocument {
  try {
    if (!isObject(json)) throw new Error("a policy must be an object");
    const statement = json.Statement;
    if (statement === undefined) throw new Error('"Statement" is missing');
    const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
    return {
      version: parseVersion(json.Version),
      statements: statements.map((value) => parseStatement(value, kind)),
    };
  } catch (error) {
    throw new Error(`${where}: IAM refuses this policy: ${error instanceof Error ? error.message : error}`);
  }
}
