import { memberPlace } from "../../../foundation/json-places.ts";
import { matchesGlob, parseGlob } from "../model/glob.ts";
import type { ActionSelector } from "../model/policy.ts";
import type { StsAction } from "../model/request.ts";
import type { ActionResult } from "./decision.ts";

/** Tells whether an `Action` pattern covers an action; case is ignored. */
export function coversAction(pattern: string, action: string): boolean {
  return matchesGlob(parseGlob(pattern.toLowerCase()), action.toLowerCase());
}

/** Tells whether an `Action` or `NotAction` covers an action of any service. */
export function allowsAction({ element, patterns }: ActionSelector, action: string): boolean {
  return patterns.some((pattern) => coversAction(pattern, action)) === (element === "Action");
}

/** Matches the `Action` or `NotAction` of a statement against one action. */
export function evaluateAction(selector: ActionSelector, action: StsAction, statement: string): ActionResult {
  const place = memberPlace(statement, selector.element);
  const result = { place, wanted: selector.patterns, actual: action };
  if (allowsAction(selector, action)) return { ...result, match: "yes" };
  const reason = selector.element === "Action" ? "action-not-listed" : "action-excluded";
  return { ...result, match: "no", reason };
}
