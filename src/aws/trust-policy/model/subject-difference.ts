import { hasWildcard } from "./glob.ts";
import { SUB_COMPONENTS } from "./sub-components.ts";
import { diffSubjects, parseSubject, type SubjectDifference } from "./subject.ts";
import { correctSlips, type SubjectSlip, type SubjectToken } from "./subject-slips.ts";

/** How a token's `sub` differs from what a value of the policy wants. */
export interface SubjectAnalysis {
  /** The value, as the policy has it. */
  readonly wanted: string;
  readonly slips: readonly SubjectSlip[];
  /** Components that only the policy has, and those that GitLab does not know. */
  readonly missing: readonly string[];
  readonly unknown: readonly string[];
  /** Components that only the token has, unless the value leaves the rest open. */
  readonly extra: readonly string[];
  /** The same components in another order. */
  readonly isReordered: boolean;
  /** Components of both with different values. */
  readonly differing: readonly SubjectDifference[];
}

const namesOf = (subject: string): readonly string[] =>
  parseSubject(subject)
    .map(({ name }) => name)
    .filter((name) => name !== "");

/** Whether a pattern leaves open what follows, such as `project_path:acme/shop:*`. */
function isCutOff(wanted: string): boolean {
  const last = parseSubject(wanted).at(-1);
  return last !== undefined && hasWildcard(last.value) && last.value.endsWith("*");
}

/** The components before the last that such a pattern names; none if it leaves open others too. */
function reach(wanted: string, actual: readonly string[]): readonly string[] {
  const names = parseSubject(wanted).map(({ name }) => name);
  if (names.some((name) => name === "" || isPattern(name))) return [];
  return actual.slice(0, actual.indexOf(names.at(-1) ?? "") + 1);
}

const isPattern = (name: string) => hasWildcard(name);

function analyse(wanted: string, token: SubjectToken): SubjectAnalysis {
  const { corrected, slips } = correctSlips(wanted, token);
  const [wantedNames, actualNames] = [namesOf(corrected), namesOf(token.sub)];
  const missing = wantedNames.filter((name) => !actualNames.includes(name) && !isPattern(name));
  const open = isCutOff(corrected) ? reach(corrected, actualNames) : actualNames;
  const extra = open.filter((name) => !wantedNames.includes(name));
  const inOrder = actualNames.filter((name) => wantedNames.includes(name));
  return {
    wanted,
    slips,
    missing,
    unknown: missing.filter((name) => !SUB_COMPONENTS.includes(name)),
    extra,
    isReordered:
      missing.length + extra.length === 0 &&
      wantedNames.join() !== inOrder.slice(0, wantedNames.length).join(),
    differing: diffSubjects(corrected, token.sub).filter(
      ({ name, wanted: one, actual: other }) => name !== "" && one !== undefined && other !== undefined,
    ),
  };
}

/** Whether a component names the project. */
export function namesProject(name: string): boolean {
  return /project_(path|id)$/.test(name);
}

function distanceOf({ slips, missing, extra, differing, wanted }: SubjectAnalysis): number {
  const isOther = differing.some(({ name }) => namesProject(name)) || wanted.startsWith("repo:");
  return (isOther ? 20 : 0) + 2 * (differing.length + missing.length) + extra.length + slips.length;
}

/** A value that no token can have tells more than an equally close one that was written for another job. */
export const isImpossible = ({ differing }: Pick<SubjectAnalysis, "differing">): boolean =>
  differing.some(({ name, wanted }) => name === "ref_type" && !/^(?:branch|tag)$|[*?]/.test(wanted ?? ""));

/** Compares every value that a policy wants with a token, and keeps the closest. */
export function analyseSubject(wanted: readonly string[], token: SubjectToken): SubjectAnalysis | undefined {
  return wanted
    .map((value) => analyse(value, token))
    .sort(
      (left, right) =>
        distanceOf(left) - distanceOf(right) || Number(isImpossible(right)) - Number(isImpossible(left)),
    )[0];
}

/** How far a `sub` is from what is wanted: another project counts much, everything else little. */
export function weighSubject(wanted: readonly string[], token: SubjectToken): number {
  const closest = analyseSubject(wanted, token);
  return closest === undefined ? 1 : Math.min(1 + distanceOf(closest), 20);
}

/** Components that let a policy keep out jobs that it would admit by project and ref. */
const PROTECTIONS: readonly string[] = ["ref_protected", "environment_protected", "deployment_tier"];

/**
 * Whether a value asks for more than a project and a ref, or for the project's id: a statement for the token's `sub` as
 * it is would then admit what the policy keeps out.
 */
export function demandsMore({ missing, differing, wanted }: SubjectAnalysis): boolean {
  const isAskedFor = (name: string) => !/^(branch|tag|repo|project_path)$/.test(name);
  if (wanted.startsWith("repo:")) return false;
  return missing.some(isAskedFor) || differing.some(({ name }) => PROTECTIONS.includes(name));
}
