import { hasWildcard } from "../model/glob.ts";
import { parseSubject, subjectValue } from "../model/subject.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { demandSubject, replaceTest, someStatementAdmits } from "./site.ts";
import { findInSubjects, impossibleType, type SubjectValue } from "./subject-values.ts";

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

/** The shape of GitHub's subjects. */
export function findGithubSubject(site: LintSite): readonly LintFault[] {
  return findInSubjects(site, ({ value }) => {
    if (!value.startsWith("repo:")) return undefined;
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

/** A branch and a tag of one name are two subjects. */
export const findOtherRefType = findAgainstExpected(({ value }, subject) => {
  const wanted = subjectValue(value, "ref_type");
  const actual = subjectValue(subject, "ref_type");
  if (wanted === undefined || actual === undefined || wanted === actual) return undefined;
  if (wanted !== "branch" && wanted !== "tag") return undefined;
  const told = `"${value}" wants a ${wanted}, but the job runs for a ${actual}.`;
  // The same wildcard would stand for other refs than it was meant for.
  return hasWildcard(value)
    ? `${told} Run it for a ${wanted}, or add the "sub" of this job: "${subject}".`
    : `${told} Write "ref_type:${actual}".`;
});

const namesOf = (subject: string) => parseSubject(subject).map(({ name }) => name);

/** The project's `sub` has other components than the policy was written for. */
export const findOtherSubjectFormat = findAgainstExpected(({ value }, subject) => {
  const wanted = namesOf(value);
  const actual = namesOf(subject);
  if (wanted.includes("") || wanted.includes("repo") || wanted.some(hasWildcard)) return undefined;
  const isCutOff = hasWildcard(value) && wanted.every((name, index) => name === actual[index]);
  if (isCutOff || wanted.join() === actual.join()) return undefined;
  return `"${value}" is made of ${wanted.join(", ")}, but the project's "sub" of ${actual.join(", ")} ("ci_id_token_sub_claim_components"). Write "${subject}".`;
});
