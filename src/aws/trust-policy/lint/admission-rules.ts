import { memberPlace } from "../../../foundation/json-places.ts";
import { GITLAB_COM, keyNameFor } from "../model/condition-keys.ts";
import { hasWildcard } from "../model/glob.ts";
import { type ConditionTest, type Statement, statementPlace } from "../model/policy.ts";
import { issuerPrefix } from "../model/provider.ts";
import { parseSubject, type SubjectComponent } from "../model/subject.ts";
import { correctForm } from "../model/subject-slips.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { admits, contributor, OUTSIDE, type Outsider, stranger } from "./outsider.ts";
import { demandSubject, missingClaim, positiveTestsOf, replaceTest, testsOf } from "./site.ts";
import {
  exampleOf,
  fill,
  findInPatterns,
  findInSubjects,
  fixedPart,
  NESTED,
  OUTSIDE_REF,
  OUTSIDE_SUBJECT,
  projectOf,
  type SubjectValue,
} from "./subject-values.ts";

/** Tokens of projects that anyone can create. */
const STRANGERS: readonly Outsider[] = [
  stranger(OUTSIDE_SUBJECT),
  stranger(OUTSIDE_SUBJECT.replace(`ref:${OUTSIDE}`, "ref:main")),
  stranger(`project_id:0:${OUTSIDE_REF}`),
];

const findStranger = (site: LintSite): Outsider | undefined =>
  STRANGERS.find((outsider) => admits(site, outsider));

/** Finds statements without any condition on `sub`, and says whom they let in. */
export function findMissingSubject(site: LintSite): readonly LintFault[] {
  if (testsOf(site.statement, "sub").length > 0) return [];
  const reach = [
    { who: "every project of the instance", isIn: findStranger(site) !== undefined },
    {
      who: "every project of the groups that the condition on the group id names",
      isIn: admits(site, { ...stranger(OUTSIDE_SUBJECT), namespace: "named" }),
    },
    { who: "every branch and tag of the project", isIn: admits(site, contributor(OUTSIDE_SUBJECT)) },
  ].find(({ isIn }) => isIn);
  return reach === undefined ? [] : [missingClaim(site, "sub", `${reach.who} can assume the role`)];
}

/** IAM accepts no new policy for gitlab.com without it, whatever else the policy asks for. */
export function findSubjectThatIamDemands(site: LintSite): readonly LintFault[] {
  const isMissing = testsOf(site.statement, "sub").length === 0 && findMissingSubject(site).length === 0;
  if (!isMissing || !site.hosts.includes(GITLAB_COM)) return [];
  return [missingClaim(site, "sub", "IAM refuses a policy for gitlab.com without it")];
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
    message: `All conditions together may also hold for "${subject}", ${who}. Require the job's exact "sub".`,
  };
}

/**
 * Strangers who get in although no single condition shows it, for example through a policy variable that they can set.
 */
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

/** A project that no policy names: on another instance every project is a different one. */
const NOWHERE: NamedProject = { path: "", id: "" };

function ownProjectFor({ hosts, options }: LintSite): NamedProject | undefined {
  const { issuer, project } = options;
  return issuer === undefined || hosts.includes(issuerPrefix(issuer)) ? project : NOWHERE;
}

/** The project that a component names; empty if it is the job's own, or if that is unknown. */
function otherProjectIn({ name, value }: SubjectComponent, own: NamedProject | undefined): string[] {
  const isNumber = name.endsWith("id");
  const known = isNumber ? own?.id : own?.path;
  if (known === undefined || known === value || hasWildcard(value) || value.includes("${")) return [];
  return [isNumber ? `the project ${value}` : value];
}

const namesByNumber = (test: ConditionTest): boolean =>
  keyNameFor(test.key, GITLAB_COM) === "project_id" && /^String(Equals|Like)/.test(test.operator);

/** The job's own project may be written in a form that no token has; different letters may mean another project. */
function withoutSlips({ options }: LintSite, value: string): string {
  const { subject, project } = options;
  if (subject === undefined) return value;
  return correctForm(value, { sub: subject, projectPath: project?.path, projectId: project?.id });
}

const MAX_NAMES = 3;

/** Other projects that a statement names: rarely a mistake, but worth showing next to the job's own. */
export function findOtherProjects(site: LintSite): readonly LintFault[] {
  const inSubjects = positiveTestsOf(site.statement, "sub").flatMap((test) =>
    test.values.map((value) => projectOf(withoutSlips(site, value))),
  );
  const byNumber = site.statement.conditions
    .filter(namesByNumber)
    .flatMap((test) => test.values.map((value) => ({ name: "project_id", value })));
  const others = [...inSubjects, ...byNumber]
    .filter((component) => component !== undefined)
    .flatMap((component) => otherProjectIn(component, ownProjectFor(site)));
  if (others.length === 0) return [];
  const place = memberPlace(statementPlace(site.index), "Condition");
  const names = [...new Set(others)];
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  const which =
    names.length === 1 ? "which is not this job's project" : "none of which is this job's project";
  return [
    {
      place,
      message: `The policy names ${names.slice(0, MAX_NAMES).join(", ")}${more} on ${site.hosts.join(", ")}, ${which}. Remove those that should not have the role.`,
    },
  ];
}

/** Text that runs into a wildcard without a slash between them: `acme*`, `acme/sh*`. */
const isCutName = (pattern: string) => /^[^*?]*[^*?/][*?]/.test(pattern);

/** Whether a value lets in someone else's project when its wildcards stand for one of these texts. */
const admitsStranger = (found: SubjectValue, runs: readonly string[], rest: Partial<Outsider> = {}) =>
  runs.some((run) => admits(found.site, { ...stranger(exampleOf(found, run)), ...rest }));

/** The projects in a group, or below it, that a pattern lets in. */
function reachInGroup(found: SubjectValue, project: string, group: string): string | undefined {
  const isWhole = project === `${group}/*`;
  const direct = isWhole && admitsStranger(found, [OUTSIDE], { namespace: "named" });
  const below = admitsStranger(found, isWhole ? [NESTED] : [OUTSIDE, NESTED]);
  const spans = 'because "*" also matches "/" and ":"';
  if (direct) return `every project in "${group}"${below ? ` and in its subgroups, ${spans}` : ""}`;
  return below ? `projects in the subgroups of "${group}", ${spans}` : undefined;
}

function reachOf(found: SubjectValue, project: string): string | undefined {
  const fixed = fixedPart(project);
  if (fixed.endsWith("/")) return reachInGroup(found, project, fixed.slice(0, -1));
  const runs = [OUTSIDE, NESTED];
  if (admitsStranger(found, runs))
    return 'projects that anyone can create, because "*" also matches "/" and ":"';
  return admitsStranger(found, runs, { namespace: "named" })
    ? "every project of the groups that the condition on the group id names"
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

/** `acme*` can only have meant `acme/*`; what a truncated project name meant is unknown. */
function endGroupName(site: LintSite, test: ConditionTest, value: string): Statement | undefined {
  const group = /^project_path:([^*?/:]+)\*/.exec(value)?.[1];
  if (group === undefined) return demandSubject(site);
  const ended = (old: string) => (old === value ? value.replace(`${group}*`, `${group}/*`) : old);
  return replaceTest(site.statement, test, { ...test, values: test.values.map(ended) });
}

function describeCutName(name: string): string {
  const group = /^(.*)\//.exec(fixedPart(name))?.[1];
  if (group !== undefined)
    return `other projects in "${group}" whose names only start the same. Name the project`;
  return /^\d/.test(name)
    ? "other projects whose ids only start the same. Write the whole id"
    : 'other names that start the same, such as a group that anyone can create. End the name with "/" or ":" before "*"';
}

/** The groups that a statement names by id. */
function namedGroups({ statement }: LintSite): string {
  const ids = statement.conditions
    .filter(({ key }) => keyNameFor(key, GITLAB_COM) === "namespace_id")
    .flatMap(({ values }) => values);
  return ids.length === 1
    ? `the group with the id ${ids[0]}`
    : `the groups with the ids ${[...new Set(ids)].join(", ")}`;
}

/** A name cut off by the wildcard: anyone can create a group whose name continues differently. */
export const findGroupPrefix = findInPatterns((found) => {
  const { site, test, value } = found;
  const project = projectOf(value)?.value ?? "";
  if (!isCutName(project)) return undefined;
  const isInGroup = fixedPart(project).includes("/");
  const isIn = (namespace: Outsider["namespace"]) => admitsStranger(found, [OUTSIDE, NESTED], { namespace });
  if (isInGroup ? isIn("named") : isIn("other")) {
    return {
      message: `"${value}" also admits ${describeCutName(project)}.`,
      corrected: endGroupName(site, test, value),
    };
  }
  if (!isIn("named")) return undefined;
  return {
    message: `"${value}" admits every project of ${namedGroups(site)} whose path starts this way. Name the project.`,
    corrected: demandSubject(site),
  };
});

const SOURCE_COMPONENT = /^(source_)?project_(path|id)$/;

/** `job_project_…` names where the job runs, and a merge request from a fork can run in the target project. */
export function findForkSubject(site: LintSite): readonly LintFault[] {
  return findInSubjects(site, (found) => {
    const components = parseSubject(found.value);
    const namesJob = components.some(({ name }) => name.startsWith("job_project_"));
    const namesSource = components.some(
      ({ name, value }) => SOURCE_COMPONENT.test(name) && !hasWildcard(value),
    );
    if (!namesJob || namesSource || !admitsStranger(found, [OUTSIDE])) return undefined;
    return {
      message: `"${found.value}" names the project that a job runs in. A merge request from a fork may run there too, with the fork's code. Also require "project_path" or "project_id", which then name the fork.`,
    };
  });
}
