import { hasWildcard } from "../model/glob.ts";
import type { ConditionTest, Statement } from "../model/policy.ts";
import { SUB_COMPONENTS } from "../model/sub-components.ts";
import { parseSubject, type SubjectComponent, subjectValue } from "../model/subject.ts";
import { supportsPolicyVariables } from "../model/variables.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { OUTSIDE } from "./outsider.ts";
import { faultOf, positiveTestsOf, takesWildcards } from "./site.ts";

/** One value that a statement wants for `sub`. */
export interface SubjectValue {
  readonly site: LintSite;
  readonly test: ConditionTest;
  readonly value: string;
}

interface SubjectVerdict {
  readonly message: string;
  readonly corrected?: Statement | undefined;
}

/** Says what is wrong with a value, if anything. */
export type JudgeSubject = (found: SubjectValue) => SubjectVerdict | undefined;

/** Checks every `sub` that a statement wants. */
export function findInSubjects(site: LintSite, judge: JudgeSubject): readonly LintFault[] {
  return positiveTestsOf(site.statement, "sub").flatMap((test) =>
    test.values.flatMap((value) => {
      const verdict = judge({ site, test, value });
      return verdict === undefined ? [] : [faultOf(site, test, verdict)];
    }),
  );
}

const REF_TYPES: readonly string[] = ["branch", "tag"];

/** A type of ref that no token has, such as `mr`: whatever else the value says, it never matches. */
export function impossibleType(value: string): string | undefined {
  const type = subjectValue(value, "ref_type");
  return type === undefined || hasWildcard(type) || REF_TYPES.includes(type) ? undefined : type;
}

/** Whether some token of GitLab can have this value. */
function isPossible(value: string): boolean {
  const { name = "", value: end = "" } = parseSubject(value).at(-1) ?? {};
  const endsImpossibly = name !== "" && !hasWildcard(name + end) && !SUB_COMPONENTS.includes(name);
  return impossibleType(value) === undefined && !isGithubSubject(value) && !endsImpossibly;
}

/** How GitHub writes `sub`, and GitLab never does. */
export const isGithubSubject = (value: string): boolean => value.startsWith("repo:");

/** Checks every `sub` pattern whose wildcards take effect. */
export const findInPatterns =
  (judge: JudgeSubject) =>
  (site: LintSite): readonly LintFault[] =>
    findInSubjects(site, (found) =>
      takesWildcards(found.test) && hasWildcard(found.value) && isPossible(found.value)
        ? judge(found)
        : undefined,
    );

/**
 * The components of `sub` that can name the project. docs.gitlab.com/api/projects, `ci_id_token_sub_claim_components`.
 */
const PROJECT_COMPONENT = /^(job_|source_)?project_(path|id)$/;

/** The part of a `sub`, or of a pattern for one, that names the project. */
export function projectOf(subject: string): SubjectComponent | undefined {
  return parseSubject(subject).find(({ name }) => PROJECT_COMPONENT.test(name));
}

/** Replaces wildcards, but not the characters that `${*}` and `${?}` stand for. */
export const fill = (pattern: string, run: string): string =>
  pattern.replaceAll(/\$\{[*?$]\}|[*?]/g, (found) => (found === "*" ? run : found === "?" ? "x" : found));

/** A project in another group. */
export const NESTED = `${OUTSIDE}/${OUTSIDE}`;
/** A ref that no policy names, as the end of a `sub`. */
export const OUTSIDE_REF = `ref_type:branch:ref:${OUTSIDE}`;
/** `sub` of a project that no policy names. */
export const OUTSIDE_SUBJECT = `project_path:${NESTED}:${OUTSIDE_REF}`;

function exampleOfComponent({ name, value }: SubjectComponent, run: string): string {
  if (name === "") return value === "*" ? OUTSIDE_REF : fill(value, OUTSIDE);
  return `${fill(name, OUTSIDE)}:${fill(value, PROJECT_COMPONENT.test(name) ? run : OUTSIDE)}`;
}

/** A `sub` that matches a pattern, with `run` for every `*` in the project's name. */
export function exampleOf({ site, value }: SubjectValue, run: string): string {
  if (value === "*") return OUTSIDE_SUBJECT;
  const components = parseSubject(value);
  const last = components.at(-1);
  const isCutOff = last !== undefined && PROJECT_COMPONENT.test(last.name) && last.value.endsWith("*");
  const texts = components.map((component) => exampleOfComponent(component, run));
  const example = [...texts, ...(isCutOff ? [OUTSIDE_REF] : [])].join(":");
  return supportsPolicyVariables(site.policy.version) ? example.replaceAll(/\$\{([*?$])\}/g, "$1") : example;
}

/** The text before the first wildcard. */
export const fixedPart = (pattern: string) => /^[^*?]*/.exec(pattern)?.[0] ?? "";

/** Text that ends in its only wildcard, right after a slash: `acme/*`. */
export const isWholeFolder = (pattern: string) => /^[^*?]*\/\*$/.test(pattern);
