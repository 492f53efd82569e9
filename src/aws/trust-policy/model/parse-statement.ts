import { isJsonObject, type JsonObject, scalarText } from "../../../foundation/json.ts";
import { memberPlace } from "../../../foundation/json-places.ts";
import { findOperatorSpelling, isOperatorName, type OperatorName } from "./operators.ts";
import type {
  ActionSelector,
  ConditionTest,
  Effect,
  Principal,
  PrincipalEntry,
  PrincipalType,
  Statement,
} from "./policy.ts";
import type { ProblemReport } from "./problem.ts";

const ELEMENTS = ["Sid", "Effect", "Principal", "Action", "NotAction", "Condition"];
const EFFECTS: readonly Effect[] = ["Allow", "Deny"];
const PRINCIPAL_TYPES: readonly PrincipalType[] = ["AWS", "Federated", "Service", "CanonicalUser"];

/** Elements of other kinds of policies. IAM: "Has prohibited field Resource". */
const FOREIGN_ELEMENTS: Readonly<Record<string, string>> = {
  Resource: "the role itself is the resource. Remove it.",
  NotResource: "the role itself is the resource. Remove it.",
  NotPrincipal: 'a role must name whom it trusts. Use "Principal".',
};

const ACTION_PATTERN = /^(\*|[^:\s]+:[^:\s]+)$/;

/** Finds the intended element when only the case is wrong. */
const spellingHint = (name: string, known: readonly string[]): string => {
  const spelling = known.find((element) => element.toLowerCase() === name.toLowerCase());
  return spelling === undefined ? "Remove it." : `Write "${spelling}".`;
};

/** Reports members that do not belong in an object of the policy. */
export function reportUnknownMembers(
  object: JsonObject,
  known: readonly string[],
  at: { readonly place: string; readonly report: ProblemReport },
): void {
  for (const name of Object.keys(object).filter((member) => !known.includes(member))) {
    const place = memberPlace(at.place, name);
    const foreign = Object.hasOwn(FOREIGN_ELEMENTS, name) ? FOREIGN_ELEMENTS[name] : undefined;
    if (foreign === undefined) {
      const hint = spellingHint(name, known);
      at.report.add("unknown-element", place, `"${name}" is not an element of a trust policy. ${hint}`);
    } else {
      at.report.add("element-not-in-trust-policies", place, `"${name}" is not allowed here: ${foreign}`);
    }
  }
}

function parseTexts(value: unknown, place: string, report: ProblemReport): readonly string[] {
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = elements.filter((element) => typeof element === "string");
  if (elements.length === 0) report.add("empty-list", place, `"${place}" is empty. Give at least one value.`);
  if (texts.length < elements.length) {
    report.add("wrong-type", place, `"${place}" must be text, or a list of texts.`);
  }
  return texts;
}

function parseEffect(value: unknown, place: string, report: ProblemReport): Effect {
  const effect = EFFECTS.find((known) => known === value);
  if (effect === undefined && value === undefined) {
    report.add("missing-element", place, `"${place}" is missing. Set it to "Allow" or "Deny".`);
  } else if (effect === undefined) {
    report.add("unknown-value", place, `"${place}" must be "Allow" or "Deny", spelled exactly like that.`);
  }
  return effect ?? "Deny";
}

/** The ARN of a provider, role, user or account, with the account that it names. */
const PRINCIPAL_ARN = /^arn:[\w-]+:(?:iam|sts)::([^:]*):/;

/** IAM accepts no principal of an impossible account; wildcards are left to the lint. */
function reportMalformedArns(ids: readonly string[], place: string, report: ProblemReport): void {
  for (const id of ids) {
    const account = PRINCIPAL_ARN.exec(id)?.[1];
    if (account === undefined || /^\d{12}$/.test(account) || /[*?]/.test(account)) continue;
    const found = /^\d*$/.test(account)
      ? `the account of "${id}" has ${account.length} digits, but an AWS account id has 12 digits.`
      : `"${account}" in "${id}" is a placeholder. Replace it with the 12 digits of the AWS account.`;
    report.add("malformed-arn", place, `IAM refuses this principal: ${found}`);
  }
}

function parsePrincipalEntry(
  [type, value]: readonly [string, unknown],
  place: string,
  report: ProblemReport,
): readonly PrincipalEntry[] {
  const entryPlace = memberPlace(place, type);
  const known = PRINCIPAL_TYPES.find((candidate) => candidate === type);
  if (known !== undefined) {
    const ids = parseTexts(value, entryPlace, report);
    reportMalformedArns(ids, entryPlace, report);
    return [{ type: known, ids }];
  }
  const hint = spellingHint(type, PRINCIPAL_TYPES);
  report.add("unknown-element", entryPlace, `"${type}" is not a type of principal. ${hint}`);
  return [];
}

function parsePrincipal(value: unknown, place: string, report: ProblemReport): Principal {
  if (value === "*") return { kind: "everyone" };
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    const entries = Object.entries(value).flatMap((entry) => parsePrincipalEntry(entry, place, report));
    return { kind: "listed", entries };
  }
  if (value === undefined) {
    report.add("missing-element", place, `"${place}" is missing. Name the OIDC provider under "Federated".`);
  } else {
    report.add("wrong-type", place, `"${place}" must be an object such as {"Federated": "<provider ARN>"}.`);
  }
  return { kind: "listed", entries: [] };
}

function parsePatterns(value: unknown, place: string, report: ProblemReport): readonly string[] {
  const patterns = parseTexts(value, place, report);
  for (const pattern of patterns.filter((text) => !ACTION_PATTERN.test(text))) {
    report.add("unknown-value", place, `"${pattern}" is not an action. Write it as "service:Action".`);
  }
  return patterns;
}

/** IAM: "AssumeRole policy may only specify STS AssumeRole actions". */
function reportForeignActions(patterns: readonly string[], place: string, report: ProblemReport): void {
  for (const pattern of patterns.filter((text) => /^[^:*?]+:/.test(text) && !/^sts:/i.test(text))) {
    report.add(
      "foreign-action",
      place,
      `"${pattern}" is not an STS action, and a trust policy allows no others. Move it to a permissions policy of the role.`,
    );
  }
}

function parseAction(statement: JsonObject, place: string, report: ProblemReport): ActionSelector {
  const given = (["Action", "NotAction"] as const).filter((element) => Object.hasOwn(statement, element));
  const [element = "Action"] = given;
  if (given.length === 1) {
    const patterns = parsePatterns(statement[element], memberPlace(place, element), report);
    if (element === "Action") reportForeignActions(patterns, memberPlace(place, element), report);
    return { element, patterns };
  }
  const message =
    given.length === 0
      ? `"${place}" has no "Action". Add "sts:AssumeRoleWithWebIdentity".`
      : `"${place}" has both "Action" and "NotAction". Keep one.`;
  report.add("missing-element", memberPlace(place, element), message);
  return { element, patterns: [] };
}

/** IAM accepts text, numbers and booleans as condition values, and compares them all as text. */
function parseValues(value: unknown, place: string, report: ProblemReport): readonly string[] {
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  const values = elements.map(scalarText).filter((text) => text !== undefined);
  if (elements.length === 0) report.add("empty-list", place, `"${place}" has no value. Give at least one.`);
  if (values.length < elements.length) {
    report.add(
      "wrong-type",
      place,
      `"${place}" must be text, or a list of texts. Write each value in quotes.`,
    );
  }
  return values;
}

function reportUnknownOperator(name: string, place: string, report: ProblemReport): void {
  const spelling = findOperatorSpelling(name);
  const hint = spelling === undefined ? "Use an operator from the IAM User Guide." : `Write "${spelling}".`;
  report.add("unknown-operator", place, `"${name}" is not a condition operator. ${hint}`);
}

function parseKeys(
  operator: OperatorName,
  found: { readonly value: unknown; readonly place: string },
  report: ProblemReport,
): readonly ConditionTest[] {
  if (!isJsonObject(found.value)) {
    report.add("wrong-type", found.place, `"${found.place}" must be an object of condition keys.`);
    return [];
  }
  return Object.entries(found.value).map(([key, value]) => ({
    operator,
    key,
    values: parseValues(value, memberPlace(found.place, key), report),
  }));
}

function parseCondition(value: unknown, place: string, report: ProblemReport): readonly ConditionTest[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) {
    report.add("wrong-type", place, `"${place}" must be an object of condition operators.`);
    return [];
  }
  return Object.entries(value).flatMap(([operator, keys]) => {
    const operatorPlace = memberPlace(place, operator);
    if (isOperatorName(operator)) return parseKeys(operator, { value: keys, place: operatorPlace }, report);
    reportUnknownOperator(operator, operatorPlace, report);
    return [];
  });
}

function parseSid(value: unknown, place: string, report: ProblemReport): { readonly sid?: string } {
  if (value === undefined) return {};
  if (typeof value !== "string") {
    report.add("wrong-type", place, `"${place}" must be text.`);
    return {};
  }
  if (!/^[0-9A-Za-z]*$/.test(value)) {
    report.add("malformed-sid", place, `"${value}" is not a Sid: only ASCII letters and digits are allowed.`);
  }
  return { sid: value };
}

/** Parses one statement, reporting every problem; the value counts only if there was none. */
export function parseStatement(value: unknown, place: string, report: ProblemReport): readonly Statement[] {
  if (!isJsonObject(value)) {
    report.add("wrong-type", place, `"${place}" must be an object.`);
    return [];
  }
  reportUnknownMembers(value, ELEMENTS, { place, report });
  return [
    {
      ...parseSid(value.Sid, memberPlace(place, "Sid"), report),
      effect: parseEffect(value.Effect, memberPlace(place, "Effect"), report),
      principal: parsePrincipal(value.Principal, memberPlace(place, "Principal"), report),
      action: parseAction(value, place, report),
      conditions: parseCondition(value.Condition, memberPlace(place, "Condition"), report),
    },
  ];
}
