import { GITLAB_COM } from "../model/condition-keys.ts";
import { hasWildcard } from "../model/glob.ts";
import { subjectValue } from "../model/subject.ts";
import type { LintSite } from "./finding.ts";
import { admits, contributor, OUTSIDE } from "./outsider.ts";
import { demandSubject } from "./site.ts";
import {
  exampleOf,
  findInPatterns,
  isWholeFolder,
  type JudgeSubject,
  projectOf,
  type SubjectValue,
} from "./subject-values.ts";

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
