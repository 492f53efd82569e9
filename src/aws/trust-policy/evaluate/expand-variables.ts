import type { KeyLookup } from "../model/condition-keys.ts";
import { VARIABLE } from "../model/variables.ts";

/** A piece of a policy's value: the policy's own text, or text taken literally. */
export interface PolicyValuePart {
  readonly kind: "policy-text" | "literal";
  readonly text: string;
}

export type PolicyValue = readonly PolicyValuePart[];

/** A value with its policy variables replaced, or why one of them cannot be replaced. */
export type ExpandedValue =
  | { readonly kind: "resolved"; readonly value: PolicyValue }
  /** The key is missing or has several values: IAM may treat the whole statement as invalid. */
  | { readonly kind: "unresolvable"; readonly variable: string }
  /** The key exists but cannot be seen from here. */
  | { readonly kind: "invisible"; readonly variable: string };

const SPECIAL_CHARACTER = /^[*?$]$/;
const KEY_WITH_DEFAULT = /^\s*([^,']+?)\s*(?:,\s*'([^']*)'\s*)?$/;

/** A value whose `${…}`, if any, is plain text. */
export function plainValue(text: string): ExpandedValue {
  return { kind: "resolved", value: [{ kind: "policy-text", text }] };
}

function resolveVariable(body: string, lookUp: KeyLookup): ExpandedValue {
  const literal = (text: string): ExpandedValue => ({ kind: "resolved", value: [{ kind: "literal", text }] });
  if (SPECIAL_CHARACTER.test(body)) return literal(body);
  const [, key, fallback] = KEY_WITH_DEFAULT.exec(body) ?? [];
  if (key === undefined) return { kind: "unresolvable", variable: body };
  const found = lookUp(key);
  if (found.kind === "unknown") return { kind: "invisible", variable: key };
  if (found.kind === "absent" && fallback !== undefined) return literal(fallback);
  const [only, ...others] = found.kind === "present" ? found.values : [];
  return only === undefined || others.length > 0 ? { kind: "unresolvable", variable: key } : literal(only);
}

/**
 * Replaces `${key}`, `${key, 'default'}`, `${*}`, `${?}` and `${$}`.
 * IAM User Guide, "IAM policy elements: Variables and tags".
 */
export function expandPolicyVariables(text: string, lookUp: KeyLookup): ExpandedValue {
  const parts: PolicyValuePart[] = [];
  for (const [index, piece] of text.split(VARIABLE).entries()) {
    if (index % 2 === 0) {
      parts.push({ kind: "policy-text", text: piece });
    } else {
      const resolved = resolveVariable(piece, lookUp);
      if (resolved.kind !== "resolved") return resolved;
      parts.push(...resolved.value);
    }
  }
  return { kind: "resolved", value: parts };
}
