import { GITLAB_COM } from "../model/condition-keys.ts";
import { hasWildcard } from "../model/glob.ts";
import { SUB_COMPONENTS } from "../model/sub-components.ts";
import { parseSubject, subjectValue } from "../model/subject.ts";
import { analyseSubject, demandsMore } from "../model/subject-difference.ts";
import { hasPolicyVariable } from "../model/variables.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { admits, contributor, OUTSIDE, stranger } from "./outsider.ts";
import { demandSubject, faultOf, isGithubKey, replaceTest, someStatementAdmits } from "./site.ts";
import {
  exampleOf,
  findInPatterns,
  findInSubjects,
  impossibleType,
  isGithubSubject,
  isWholeFolder,
  type JudgeSubject,
  OUTSIDE_SUBJECT,
  projectOf,
  type SubjectValue,
} from "./subject-values.ts";

/** Merge-request pipelines say `ref_type:branch` and name the source branch. */
export function findMergeRequestType(site: LintSite): readonly LintFault[] {
  return findInSubjects(site, ({ test, value }) => {
    if (impossibleType(value) === undefined) return undefined;
    const values = test.values.map((old) =>
      impossibleType(old) === undefined ? old : old.replace(/(^|:)ref_type:[^:]*/, "$1ref_type:branch"),
    );
    return {
      message: `"${value}" never matches: "ref_type" is "branch" or "tag", in merge requests too. Write "ref_type:branch" with the source branch.`,
      corrected: replaceTest(site.statement, test, { ...test, values }),
    };
  });
}

/** A subject in GitHub's form, or one of GitHub's keys. */
export function findGithubSubject(site: LintSite): readonly LintFault[] {
  const key = site.statement.conditions.find((test) => isGithubKey(test.key));
  if (key !== undefined) {
    const message = `"${key.key}" is a condition key of GitHub, but the statement trusts ${site.hosts.join(", ")}: it never matches. Require "aud" and "sub" as GitLab's tokens have them.`;
    return [faultOf(site, key, { message })];
  }
  return findInSubjects(site, ({ value }) => {
    if (!isGithubSubject(value)) return undefined;
    return {
      message: `"${value}" is how GitHub writes "sub". Write "project_path:<group>/<project>:ref_type:branch:ref:<branch>".`,
      corrected: demandSubject(site),
    };
  });
}

/** Looks for what keeps the expected job out, unless some statement lets it in. */
const findAgainstExpected =
  (judge: (found: SubjectValue, subject: string) => string | undefined) =>
  (site: LintSite): readonly LintFault[] => {
    const { subject } = site.options;
    if (subject === undefined || someStatementAdmits(site, "sub", subject)) return [];
    return findInSubjects(site, (found) => {
      const message = judge(found, subject);
      return message === undefined ? undefined : { message, corrected: demandSubject(site) };
    });
  };

/** A branch and a tag with the same name are two subjects. */
export const findOtherRefType = findAgainstExpected(({ value, test }, subject) => {
  const wanted = subjectValue(value, "ref_type");
  const actual = subjectValue(subject, "ref_type");
  if (wanted === undefined || actual === undefined || wanted === actual) return undefined;
  if (wanted !== "branch" && wanted !== "tag") return undefined;
  if (test.values.some((other) => subjectValue(other, "ref_type") === actual)) return undefined;
  const told = `"${value}" wants a ${wanted}, but the job runs for a ${actual}.`;
  // The same wildcard would match other refs than intended.
  return hasWildcard(value)
    ? `${told} Run it for a ${wanted}, or add the "sub" of this job: "${subject}".`
    : `${told} Write "ref_type:${actual}".`;
});

/** The value is right, but the project is not set up for it: writing its present `sub` would drop what is asked for. */
function asksForMore(value: string, sub: string): boolean {
  // The colon in a variable's name does not separate components.
  if (hasPolicyVariable(value)) return false;
  const projectPath = subjectValue(sub, "project_path");
  const analysis = analyseSubject([value], { sub, projectPath, projectId: subjectValue(sub, "project_id") });
  return analysis !== undefined && analysis.missing.length > 0 && demandsMore(analysis);
}

/** The policy asks for components of `sub` that the project does not put there. */
export function findMissingComponents(site: LintSite): readonly LintFault[] {
  const { subject } = site.options;
  if (subject === undefined || someStatementAdmits(site, "sub", subject)) return [];
  return findInSubjects(site, ({ value }) => {
    if (!asksForMore(value, subject)) return undefined;
    const missing = namesOf(value).filter((name) => !namesOf(subject).includes(name) && name !== "");
    const fix = missing.every((name) => SUB_COMPONENTS.includes(name))
      ? ' Add it to the project\'s "ci_id_token_sub_claim_components".'
      : "";
    return {
      message: `"${value}" asks for ${missing.join(", ")}, which the project's "sub" does not have.${fix}`,
    };
  });
}

const namesOf = (subject: string) => parseSubject(subject).map(({ name }) => name);

/** The project's `sub` has other components than the policy was written for. */
export const findOtherSubjectFormat = findAgainstExpected(({ value }, subject) => {
  if (hasPolicyVariable(value) || asksForMore(value, subject)) return undefined;
  const wanted = namesOf(value);
  const actual = namesOf(subject);
  if (wanted.includes("") || wanted.includes("repo") || wanted.some(hasWildcard)) return undefined;
  const isCutOff = hasWildcard(value) && wanted.every((name, index) => name === actual[index]);
  if (isCutOff || wanted.join() === actual.join()) return undefined;
  return `"${value}" has ${wanted.join(", ")}, but the project's "sub" has ${actual.join(", ")} ("ci_id_token_sub_claim_components"). Write "${subject}".`;
});

/** The part of a pattern that is about refs. */
function refPattern(value: string): { readonly type: string; readonly ref: string } | undefined {
  if (isAnything(value)) return { type: value, ref: value };
  if (projectOf(value) === undefined) return undefined;
  const leftover = subjectValue(value, "") ?? "";
  return { type: subjectValue(value, "ref_type") ?? leftover, ref: subjectValue(value, "ref") ?? leftover };
}

/** Whether a contributor's branch or tag gets in, which GitLab does not protect. */
function admitsUnprotected(found: SubjectValue): boolean {
  const isForProtected = ["ref_protected", "environment_protected"].some(
    (name) => subjectValue(found.value, name) === "true",
  );
  return !isForProtected && admits(found.site, contributor(exampleOf(found, OUTSIDE)));
}

const isAnything = (pattern: string) => /^[*?]*\*[*?]*$/.test(pattern);

/** How a policy keeps unprotected refs out without naming the others. */
function demandProtected({ hosts }: LintSite): string {
  return hosts.includes(GITLAB_COM)
    ? `require "${GITLAB_COM}:ref_protected" to be "true"`
    : 'put "ref_protected" into "sub" ("ci_id_token_sub_claim_components")';
}

function describeAnyRef({ type, ref }: { readonly type: string; readonly ref: string }): string {
  if (!isAnything(ref)) return `any branch and tag like "${ref}", whoever created it`;
  if (type === "tag") return "every tag, protected or not";
  return `any branch${type === "branch" ? "" : " or tag"}, including every merge request`;
}

/** Any branch, even one that a contributor pushed a minute ago for a merge request; any tag. */
export const findAnyRef = findInPatterns((found) => {
  const { site, value } = found;
  const refs = refPattern(value);
  if (refs === undefined || (!isAnything(refs.ref) && !hasWildcard(refs.type))) return undefined;
  // Of any project: another rule says so.
  if (isAnything(value) && admits(site, stranger(OUTSIDE_SUBJECT))) return undefined;
  if (!admitsUnprotected(found)) return undefined;
  return {
    message: `"${value}" admits ${describeAnyRef(refs)}. Name the protected ref, or ${demandProtected(site)}.`,
    corrected: demandSubject(site),
  };
});

/** Looks for patterns that match several refs, but not all. */
const findRefPattern = (isMeant: (ref: string) => boolean, judge: JudgeSubject) =>
  findInPatterns((found) => {
    const { type = "", ref = "" } = refPattern(found.value) ?? {};
    if (!hasWildcard(ref) || isAnything(ref) || hasWildcard(type) || !isMeant(ref)) return undefined;
    return admitsUnprotected(found) ? judge(found) : undefined;
  });

const kindOfRef = (value: string) => (subjectValue(value, "ref_type") === "tag" ? "tag" : "branch");

/** A pattern for refs that does not end at a slash. */
export const findRefPrefix = findRefPattern(
  (ref) => !isWholeFolder(ref),
  ({ site, value }) => ({
    message: `"${value}" admits every ${kindOfRef(value)} that matches "${refPattern(value)?.ref}", whoever created it. Name the ref, or ${demandProtected(site)}.`,
    corrected: demandSubject(site),
  }),
);

/** A folder of refs, such as `release/*`: intended, but only as safe as GitLab's protection of it. */
export const findPushableRef = findRefPattern(isWholeFolder, ({ value }) => {
  const kind = kindOfRef(value);
  const page = kind === "tag" ? "Protected tags" : "Protected branches";
  const ref = refPattern(value)?.ref;
  return {
    message: `"${value}" admits every ${kind} like "${ref}", and anyone who may push can create one unless GitLab protects them. Protect "${ref}" in the project (Settings > Repository > ${page}).`,
  };
});
