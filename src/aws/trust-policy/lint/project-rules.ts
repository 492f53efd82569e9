import { hasWildcard } from "../model/glob.ts";
import type { ConditionTest, Statement } from "../model/policy.ts";
import { parseSubject } from "../model/subject.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { admits, OUTSIDE, type Outsider, stranger } from "./outsider.ts";
import { demandSubject, replaceTest } from "./site.ts";
import {
  exampleOf,
  findInPatterns,
  findInSubjects,
  fixedPart,
  NESTED,
  projectOf,
  type SubjectValue,
} from "./subject-values.ts";

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
