import { GITLAB_COM, keyNameFor } from "./condition-keys.ts";
import { hasWildcard } from "./glob.ts";
import type { LintFault, LintSite } from "./lint-finding.ts";
import { admits, contributor, OUTSIDE, type Outsider, stranger } from "./lint-outsider.ts";
import {
  demandSubject,
  faultOf,
  missingClaim,
  positiveTestsOf,
  replaceTest,
  someStatementAdmits,
  takesWildcards,
  testsOf,
} from "./lint-site.ts";
import { memberPlace, statementPlace } from "./place.ts";
import type { ConditionTest, Statement } from "./policy.ts";
import { supportsPolicyVariables } from "./policy-variables.ts";
import { issuerPrefix } from "./provider.ts";
import { parseSubject, type SubjectComponent, subjectValue } from "./subject.ts";

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

const REF_TYPES: readonly string[] = ["branch", "tag"];

/** A type of ref that no token has, such as `mr`: whatever else the value says, it never matches. */
function impossibleType(value: string): string | undefined {
  const type = subjectValue(value, "ref_type");
  return type === undefined || hasWildcard(type) || REF_TYPES.includes(type) ? undefined : type;
}

/** Looks at every `sub` pattern whose wildcards are in force. */
const findInPatterns =
  (judge: JudgeSubject) =>
  (site: LintSite): readonly LintFault[] =>
    findInSubjects(site, (found) =>
      takesWildcards(found.test) && hasWildcard(found.value) && impossibleType(found.value) === undefined
        ? judge(found)
        : undefined,
    );

/** The components of `sub` that can name the project. docs.gitlab.com/api/projects, `ci_id_token_sub_claim_components`. */
const PROJECT_COMPONENT = /^(job_|source_)?project_(path|id)$/;

function projectOf(subject: string): SubjectComponent | undefined {
  return parseSubject(subject).find(({ name }) => PROJECT_COMPONENT.test(name));
}

/** Fills in what wildcards leave open, but not the characters that `${*}` and `${?}` stand for. */
const fill = (pattern: string, run: string): string =>
  pattern.replaceAll(/\$\{[*?$]\}|[*?]/g, (found) => (found === "*" ? run : found === "?" ? "x" : found));

const NESTED = `${OUTSIDE}/${OUTSIDE}`;
const OUTSIDE_REF = `ref_type:branch:ref:${OUTSIDE}`;
const OUTSIDE_SUBJECT = `project_path:${NESTED}:${OUTSIDE_REF}`;

function exampleOfComponent({ name, value }: SubjectComponent, run: string): string {
  if (name === "") return value === "*" ? OUTSIDE_REF : fill(value, OUTSIDE);
  return `${fill(name, OUTSIDE)}:${fill(value, PROJECT_COMPONENT.test(name) ? run : OUTSIDE)}`;
}

/** A `sub` that fits a pattern, with `run` for every `*` in the name of the project. */
function exampleOf({ site, value }: SubjectValue, run: string): string {
  if (value === "*") return OUTSIDE_SUBJECT;
  const components = parseSubject(value);
  const last = components.at(-1);
  const isCutOff = last !== undefined && PROJECT_COMPONENT.test(last.name) && last.value.endsWith("*");
  const texts = components.map((component) => exampleOfComponent(component, run));
  const example = [...texts, ...(isCutOff ? [OUTSIDE_REF] : [])].join(":");
  return supportsPolicyVariables(site.policy.version) ? example.replaceAll(/\$\{([*?$])\}/g, "$1") : example;
}

/** The text before the first wildcard. */
const fixedPart = (pattern: string) => /^[^*?]*/.exec(pattern)?.[0] ?? "";

/** Text that ends in its only wildcard, right behind a slash: `acme/*`. */
const isWholeFolder = (pattern: string) => /^[^*?]*\/\*$/.test(pattern);

/** Text that goes on into a wildcard without a slash before it: `acme*`, `acme/sh*`. */
const isCutName = (pattern: string) => /^[^*?]*[^*?/][*?]/.test(pattern);

/** Whether a value lets in a project of somebody else, with one of these runs in the place of its wildcards. */
const admitsStranger = (found: SubjectValue, runs: readonly string[], rest: Partial<Outsider> = {}) =>
  runs.some((run) => admits(found.site, { ...stranger(exampleOf(found, run)), ...rest }));

/** Which projects of a group, or below it, a pattern lets in. */
function reachInGroup(found: SubjectValue, project: string, group: string): string | undefined {
  const isWhole = project === `${group}/*`;
  const direct = isWhole && admitsStranger(found, [OUTSIDE], { namespace: "named" });
  const below = admitsStranger(found, isWhole ? [NESTED] : [OUTSIDE, NESTED]);
  const spans = 'as "*" also spans "/" and ":"';
  if (direct) return `every project in "${group}"${below ? ` and in its subgroups, ${spans}` : ""}`;
  return below ? `projects in the subgroups of "${group}", ${spans}` : undefined;
}

function reachOf(found: SubjectValue, project: string): string | undefined {
  const fixed = fixedPart(project);
  if (fixed.endsWith("/")) return reachInGroup(found, project, fixed.slice(0, -1));
  const runs = [OUTSIDE, NESTED];
  if (admitsStranger(found, runs)) return 'projects that anyone can create, as "*" also spans "/" and ":"';
  return admitsStranger(found, runs, { namespace: "named" })
    ? "every project of the groups that the condition on their number names"
    : undefined;
}

/** A pattern over whole groups, or over everything. */
export const findWideSubject = findInPatterns((found) => {
  const project = projectOf(found.value)?.value ?? "*";
  if (!hasWildcard(project) || isCutName(project)) return undefined;
  const reach = reachOf(found, project);
  if (reach === undefined) return undefined;
  return {
    message: `"${found.value}" admits ${reach}. Name the project.`,
    corrected: demandSubject(found.site),
  };
});

/** `acme*` can only have meant `acme/*`; what a cut project name meant is open. */
function endGroupName(site: LintSite, test: ConditionTest, value: string): Statement | undefined {
  const group = /^project_path:([^*?/:]+)\*/.exec(value)?.[1];
  if (group === undefined) return demandSubject(site);
  const ended = (old: string) => (old === value ? value.replace(`${group}*`, `${group}/*`) : old);
  return replaceTest(site.statement, test, { ...test, values: test.values.map(ended) });
}

function describeCutName(name: string): string {
  const group = /^(.*)\//.exec(fixedPart(name))?.[1];
  if (group !== undefined)
    return `other projects in "${group}", whose names only begin alike. Name the project`;
  return /^\d/.test(name)
    ? "other projects, whose numbers only begin alike. Give the whole number"
    : 'names that only begin alike, such as those of a group that anyone can create. End the name with "/" or ":" before "*"';
}

/** A name that is cut off by the wildcard: anyone can make a group whose name goes on differently. */
export const findGroupPrefix = findInPatterns((found) => {
  const { site, test, value } = found;
  const project = projectOf(value)?.value ?? "";
  if (!isCutName(project)) return undefined;
  const namespace = fixedPart(project).includes("/") ? "named" : "other";
  if (!admitsStranger(found, [OUTSIDE, NESTED], { namespace })) return undefined;
  return {
    message: `"${value}" also admits ${describeCutName(project)}.`,
    corrected: endGroupName(site, test, value),
  };
});

const SOURCE_COMPONENT = /^(source_)?project_(path|id)$/;

/** `job_project_…` names where the job runs, and a merge request from a fork can run in the project that it is for. */
export function findForkSubject(site: LintSite): readonly LintFault[] {
  return findInSubjects(site, (found) => {
    const components = parseSubject(found.value);
    const namesJob = components.some(({ name }) => name.startsWith("job_project_"));
    const namesSource = components.some(
      ({ name, value }) => SOURCE_COMPONENT.test(name) && !hasWildcard(value),
    );
    if (!namesJob || namesSource || !admitsStranger(found, [OUTSIDE])) return undefined;
    return {
      message: `"${found.value}" names the project that a job runs in. A merge request from a fork may run there too, with code of whoever made the fork. Demand "project_path" or "project_id" as well, which name the fork then.`,
    };
  });
}

/** The part of a pattern that speaks of refs. */
function refPattern(value: string): { readonly type: string; readonly ref: string } | undefined {
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
    ? `demand "${GITLAB_COM}:ref_protected" to be "true"`
    : 'put "ref_protected" into "sub" ("ci_id_token_sub_claim_components")';
}

function describeAnyRef({ type, ref }: { readonly type: string; readonly ref: string }): string {
  if (!isAnything(ref)) return `a branch and a tag like "${ref}", whoever made them`;
  if (type === "tag") return "every tag, protected or not";
  return `any branch${type === "branch" ? "" : " or tag"}, and so every merge request`;
}

/** Any branch, also one that a contributor pushed a minute ago for a merge request; any tag. */
export const findAnyRef = findInPatterns((found) => {
  const { site, value } = found;
  const refs = refPattern(value);
  if (refs === undefined || (!isAnything(refs.ref) && !hasWildcard(refs.type))) return undefined;
  if (!admitsUnprotected(found)) return undefined;
  return {
    message: `"${value}" admits ${describeAnyRef(refs)}. Name the protected ref, or ${demandProtected(site)}.`,
    corrected: demandSubject(site),
  };
});

/** Looks for patterns over refs that are more than one, but not all. */
const findRefPattern = (isMeant: (ref: string) => boolean, judge: JudgeSubject) =>
  findInPatterns((found) => {
    const { type = "", ref = "" } = refPattern(found.value) ?? {};
    if (!hasWildcard(ref) || isAnything(ref) || hasWildcard(type) || !isMeant(ref)) return undefined;
    return admitsUnprotected(found) ? judge(found) : undefined;
  });

const kindOfRef = (value: string) => (subjectValue(value, "ref_type") === "tag" ? "tag" : "branch");

/** A pattern over refs that is not bounded by a slash. */
export const findRefPrefix = findRefPattern(
  (ref) => !isWholeFolder(ref),
  ({ site, value }) => ({
    message: `"${value}" admits every ${kindOfRef(value)} that fits "${refPattern(value)?.ref}", whoever made it. Name the ref, or ${demandProtected(site)}.`,
    corrected: demandSubject(site),
  }),
);

/** A folder of refs, such as `release/*`: meant, but only as safe as GitLab's protection of it. */
export const findPushableRef = findRefPattern(isWholeFolder, ({ value }) => {
  const kind = kindOfRef(value);
  const page = kind === "tag" ? "Protected tags" : "Protected branches";
  const ref = refPattern(value)?.ref;
  return {
    message: `"${value}" admits every ${kind} like "${ref}", and whoever may push can make one unless GitLab protects them. Protect "${ref}" in the project (Settings > Repository > ${page}).`,
  };
});

/** Tokens of projects that anyone can create. */
const STRANGERS: readonly Outsider[] = [
  stranger(OUTSIDE_SUBJECT),
  stranger(OUTSIDE_SUBJECT.replace(`ref:${OUTSIDE}`, "ref:main")),
  stranger(`project_id:0:${OUTSIDE_REF}`),
];

const findStranger = (site: LintSite): Outsider | undefined =>
  STRANGERS.find((outsider) => admits(site, outsider));

/** Finds statements that do not ask for `sub` at all, and says whom they let in. */
export function findMissingSubject(site: LintSite): readonly LintFault[] {
  if (testsOf(site.statement, "sub").length > 0) return [];
  const reach = [
    { who: "every project of the instance", isIn: findStranger(site) !== undefined },
    {
      who: "every project of the groups that the condition on their number names",
      isIn: admits(site, { ...stranger(OUTSIDE_SUBJECT), namespace: "named" }),
    },
    { who: "every branch and tag of the project", isIn: admits(site, contributor(OUTSIDE_SUBJECT)) },
  ].find(({ isIn }) => isIn);
  return reach === undefined ? [] : [missingClaim(site, "sub", `${reach.who} can assume the role`)];
}

/** IAM takes no new policy for gitlab.com without it, whatever else the policy asks for. */
export function findSubjectThatIamDemands(site: LintSite): readonly LintFault[] {
  const isMissing = testsOf(site.statement, "sub").length === 0 && findMissingSubject(site).length === 0;
  if (!isMissing || !site.hosts.includes(GITLAB_COM)) return [];
  return [missingClaim(site, "sub", "IAM refuses such a policy for gitlab.com")];
}

/** An unprotected branch of a project that the statement names, if that gets in. */
function findPushed(site: LintSite): string | undefined {
  const values = positiveTestsOf(site.statement, "sub").flatMap((test) => test.values);
  const subjects = values.map(projectOf).flatMap((project) => {
    return project === undefined ? [] : [`${project.name}:${fill(project.value, OUTSIDE)}:${OUTSIDE_REF}`];
  });
  return subjects.find((subject) => admits(site, contributor(subject)));
}

function admittedTogether(site: LintSite, subject: string, who: string): LintFault {
  return {
    place: memberPlace(statementPlace(site.index), "Condition"),
    message: `All conditions together may also hold for "${subject}", ${who}. Demand the exact "sub" of the job.`,
  };
}

/** Strangers who get in though no condition by itself shows it, such as by a policy variable that they can set. */
export function findStrangers(site: LintSite): readonly LintFault[] {
  const outsider = findStranger(site);
  if (outsider === undefined) return [];
  return [admittedTogether(site, outsider.subject, "a project that anyone can create")];
}

/** The same for unprotected branches of the projects that the statement names. */
export function findContributors(site: LintSite): readonly LintFault[] {
  const pushed = findPushed(site);
  return pushed === undefined
    ? []
    : [admittedTogether(site, pushed, "a branch that GitLab does not protect")];
}

type NamedProject = NonNullable<LintSite["options"]["project"]>;

/** A project that no policy names: on another instance every project is another one. */
const NOWHERE: NamedProject = { path: "", id: "" };

function ownProjectFor({ hosts, options }: LintSite): NamedProject | undefined {
  const { issuer, project } = options;
  return issuer === undefined || hosts.includes(issuerPrefix(issuer)) ? project : NOWHERE;
}

/** What a component names that is not the job's own project; nothing if it is that, or if nobody knows. */
function otherProjectIn({ name, value }: SubjectComponent, own: NamedProject | undefined): string[] {
  const isNumber = name.endsWith("id");
  const known = isNumber ? own?.id : own?.path;
  if (known === undefined || known === value || hasWildcard(value) || value.includes("${")) return [];
  return [isNumber ? `the project ${value}` : value];
}

const namesByNumber = (test: ConditionTest): boolean =>
  keyNameFor(test.key, GITLAB_COM) === "project_id" && /^String(Equals|Like)/.test(test.operator);

/** Other projects that a statement names: hardly by mistake, but good to see beside the job's own. */
export function findOtherProjects(site: LintSite): readonly LintFault[] {
  const inSubjects = positiveTestsOf(site.statement, "sub").flatMap((test) => test.values.map(projectOf));
  const byNumber = site.statement.conditions
    .filter(namesByNumber)
    .flatMap((test) => test.values.map((value) => ({ name: "project_id", value })));
  const others = [...inSubjects, ...byNumber]
    .filter((component) => component !== undefined)
    .flatMap((component) => otherProjectIn(component, ownProjectFor(site)));
  if (others.length === 0) return [];
  const place = memberPlace(statementPlace(site.index), "Condition");
  const names = [...new Set(others)].join(", ");
  return [
    {
      place,
      message: `Besides this job's project the policy names ${names} on ${site.hosts.join(", ")}. Remove what is not meant to have the role.`,
    },
  ];
}

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
