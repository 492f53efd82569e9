import { hasWildcard } from "./glob.ts";
import type { LintFault, LintSite } from "./lint-finding.ts";
import {
  demandSubject,
  faultOf,
  positiveTestsOf,
  replaceTest,
  someStatementAdmits,
  testAdmits,
} from "./lint-site.ts";
import { readOperator } from "./operators.ts";
import type { ConditionTest, Statement } from "./policy.ts";
import { parseSubject, type SubjectComponent, subjectValue } from "./subject.ts";

const GITLAB_COM_REF_PROTECTED = "gitlab.com:ref_protected";

interface SubjectValue {
  readonly site: LintSite;
  readonly test: ConditionTest;
  readonly value: string;
}

interface SubjectVerdict {
  readonly message: string;
  readonly corrected?: Statement | undefined;
}

type JudgeSubject = (found: SubjectValue) => SubjectVerdict | undefined;

/** Looks at every `sub` that a statement wants. */
function findInSubjects(site: LintSite, judge: JudgeSubject): readonly LintFault[] {
  return positiveTestsOf(site.statement, "sub").flatMap((test) =>
    test.values.flatMap((value) => {
      const verdict = judge({ site, test, value });
      return verdict === undefined ? [] : [faultOf(site, test, verdict)];
    }),
  );
}

function takesWildcards(test: ConditionTest): boolean {
  const operator = readOperator(test.operator);
  return operator.kind === "comparison" && operator.row.wildcards === "active";
}

/** Looks at every `sub` pattern whose wildcards are in force. */
const findInPatterns =
  (judge: JudgeSubject) =>
  (site: LintSite): readonly LintFault[] =>
    findInSubjects(site, (found) =>
      takesWildcards(found.test) && hasWildcard(found.value) ? judge(found) : undefined,
    );

/** The components of `sub` that can name the project. docs.gitlab.com/api/projects, `ci_id_token_sub_claim_components`. */
const PROJECT_COMPONENT = /^(job_|source_)?project_(path|id)$/;

function projectOf(subject: string): SubjectComponent | undefined {
  return parseSubject(subject).find(({ name }) => PROJECT_COMPONENT.test(name));
}

/** Text with one wildcard, at its end and right behind a slash: `acme/*`. */
const isWholeGroup = (project: string) => /^[^*?]*\/\*$/.test(project);

/** Text that goes on into a wildcard without a slash before it: `acme*`, `acme/sh*`. */
const isCutName = (project: string) => /^[^*?]*[^*?/][*?]/.test(project);

/** A pattern over whole groups, or over everything. */
export const findWideSubject = findInPatterns(({ site, value }) => {
  const project = projectOf(value)?.value ?? "*";
  if (!hasWildcard(project) || isCutName(project)) return undefined;
  const reach = isWholeGroup(project)
    ? `every project in "${project.slice(0, -2)}" and in its subgroups`
    : "projects that anyone can create";
  return {
    message: `"${value}" admits ${reach}, as "*" also spans "/" and ":". Name the project.`,
    corrected: demandSubject(site),
  };
});

/** `acme*` can only have meant `acme/*`; what a cut project name meant is open. */
function endGroupName(site: LintSite, test: ConditionTest, value: string): Statement | undefined {
  const group = /^project_path:([^*?/:]+)\*/.exec(value)?.[1];
  if (group === undefined) return demandSubject(site);
  const ended = (old: string) => (old === value ? value.replace(`${group}*`, `${group}/*`) : old);
  return replaceTest(site.statement, test, { ...test, values: test.values.map(ended) });
}

/** A name that is cut off by the wildcard: anyone can make a group whose name goes on differently. */
export const findGroupPrefix = findInPatterns(({ site, test, value }) => {
  if (!isCutName(projectOf(value)?.value ?? "")) return undefined;
  return {
    message: `"${value}" also admits names that only begin alike, such as those of a group that anyone can create. End the name with "/" or ":" before "*".`,
    corrected: endGroupName(site, test, value),
  };
});

/** The part of a pattern that speaks of refs. */
function refPattern(value: string): { readonly type: string; readonly ref: string } | undefined {
  if (projectOf(value) === undefined) return undefined;
  const leftover = subjectValue(value, "") ?? "";
  return { type: subjectValue(value, "ref_type") ?? leftover, ref: subjectValue(value, "ref") ?? leftover };
}

/** Whether something else than the ref's name keeps contributors out. */
function isForProtected({ site, value }: SubjectValue): boolean {
  const inSubject = ["ref_protected", "environment_protected"].some(
    (name) => subjectValue(value, name) === "true",
  );
  const asKey = site.statement.conditions.some(
    (test) => test.key.toLowerCase() === GITLAB_COM_REF_PROTECTED && !testAdmits(test, "false", undefined),
  );
  return inSubject || asKey;
}

const isAnything = (pattern: string) => /^[*?]*\*[*?]*$/.test(pattern);

/** Any branch, also one that a contributor pushed a minute ago for a merge request. */
export const findAnyRef = findInPatterns((found) => {
  const { site, value } = found;
  const refs = refPattern(value);
  if (refs === undefined || isForProtected(found)) return undefined;
  if (!isAnything(refs.ref) && !hasWildcard(refs.type)) return undefined;
  return {
    message: `"${value}" admits any branch or tag, and so every merge request. Name the protected ref.`,
    corrected: demandSubject(site),
  };
});

/** A pattern over refs that is not bounded by a slash. */
export const findRefPrefix = findInPatterns((found) => {
  const { site, value } = found;
  const refs = refPattern(value);
  if (refs === undefined || isForProtected(found)) return undefined;
  if (isAnything(refs.ref) || !hasWildcard(refs.ref) || isWholeGroup(refs.ref)) return undefined;
  return {
    message: `"${value}" admits every ref that fits "${refs.ref}", whoever made it. Name the ref, or end it with "/*".`,
    corrected: demandSubject(site),
  };
});

const MERGE_REQUEST_TYPE = /(^|:)ref_type:(mr|merge[_-]?requests?)(?=:|$)/;

/** Merge-request pipelines say `ref_type:branch` and name the source branch. */
export function findMergeRequestType(site: LintSite): readonly LintFault[] {
  return findInSubjects(site, ({ test, value }) => {
    if (!MERGE_REQUEST_TYPE.test(value)) return undefined;
    const values = test.values.map((old) => old.replace(MERGE_REQUEST_TYPE, "$1ref_type:branch"));
    return {
      message: `"${value}" never matches: GitLab knows "branch" and "tag" only. Write "ref_type:branch" with the source branch.`,
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
  return `"${value}" wants a ${wanted}, but the job runs for a ${actual}. Write "ref_type:${actual}".`;
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
