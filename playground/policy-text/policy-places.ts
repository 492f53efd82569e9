import { isJsonObject, parseJsonObject } from "../../src/foundation/json.ts";
import { locateJson, type TextRange } from "./json-places.ts";

/** A trust policy in the pasted text, which may contain the whole role. */
export interface LocatedPolicy {
  /** Where the whole document is. */
  readonly document: TextRange | undefined;
  /** Where the text stops being JSON. */
  readonly brokenAt: number | undefined;
  /**
   * Where something that the evaluator names is, such as `Statement[0].Condition`; or else the closest thing around it.
   * `undefined` if the document is encoded within the text.
   */
  find(place: string): TextRange | undefined;
}

const DOCUMENTS = ["Role.AssumeRolePolicyDocument", "AssumeRolePolicyDocument"] as const;

/** Finds the parts of a trust policy in a text. */
export function locatePolicy(text: string): LocatedPolicy {
  const { ranges, brokenAt } = locateJson(text);
  const place = DOCUMENTS.find((candidate) => ranges.has(candidate)) ?? "";
  const document = text[ranges.get(place)?.from ?? -1] === "{" ? ranges.get(place) : undefined;
  const resolve = (inside: string): string => (place === "" ? inside : `${place}.${inside}`);
  return {
    document,
    brokenAt,
    find(wanted) {
      if (document === undefined) return undefined;
      for (let inside = wanted; inside !== ""; inside = parentOf(inside)) {
        const range = ranges.get(resolve(inside)) ?? ranges.get(resolve(asOnlyStatement(inside)));
        if (range !== undefined) return range;
      }
      return undefined;
    },
  };
}

/** A policy with a single statement object counts as a list of one. */
function asOnlyStatement(place: string): string {
  return place.replace(/^Statement\[0\]/, "Statement");
}

function parentOf(place: string): string {
  return place.replace(/(?:^|\.)\w+$|\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/, "");
}

/**
 * Decodes a policy, encoded as the IAM API returns it, to JSON.
 *
 * @returns `undefined` if nothing in the text is encoded
 */
export function decodePolicy(text: string): string | undefined {
  const decoded = decodeLayer(text.trim());
  const value = parseJsonObject(decoded ?? text);
  if (value === undefined) return decoded === undefined ? undefined : (decodePolicy(decoded) ?? decoded);
  const role = isJsonObject(value.Role) ? value.Role : value;
  const document = role.AssumeRolePolicyDocument;
  const inner = typeof document === "string" ? readEncoded(document) : undefined;
  if (inner === undefined) return decoded === undefined ? undefined : JSON.stringify(value, null, 2);
  const unpacked = { ...role, AssumeRolePolicyDocument: inner };
  return JSON.stringify(role === value ? unpacked : { ...value, Role: unpacked }, null, 2);
}

function readEncoded(document: string): unknown {
  return parseJsonObject(document) ?? parseJsonObject(decodeLayer(document) ?? "");
}

/** One layer off: `%7B…`, or a JSON string. */
function decodeLayer(text: string): string | undefined {
  try {
    if (/^%(?:7B|22)/i.test(text)) return decodeURIComponent(text);
    const value: unknown = text.startsWith('"') ? JSON.parse(text) : undefined;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
