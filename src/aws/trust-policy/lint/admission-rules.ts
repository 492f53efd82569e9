import { memberPlace } from "../../../foundation/json-places.ts";
import { GITLAB_COM, keyNameFor } from "../model/condition-keys.ts";
import { hasWildcard } from "../model/glob.ts";
import { type ConditionTest, statementPlace } from "../model/policy.ts";
import { issuerPrefix } from "../model/provider.ts";
import type { SubjectComponent } from "../model/subject.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { admits, contributor, OUTSIDE, type Outsider, stranger } from "./outsider.ts";
import { missingClaim, positiveTestsOf, testsOf } from "./site.ts";
import { fill, OUTSIDE_REF, OUTSIDE_SUBJECT, projectOf } from "./subject-values.ts";

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
