import { issuerKeys } from "../trust-policy/model/condition-keys.ts";
import { issuerPrefix } from "../trust-policy/model/provider.ts";
import { askedValues, type ProjectScope, type Scope, type ScopeClaim } from "./scope.ts";

/**
 * The components of `sub`, the same in every job of a project: the project, these claims, and the ref. For a job
 * without an environment, `sub` has none of {@link ENVIRONMENT_CLAIMS}, whatever the form.
 */
export interface SubForm {
  readonly project: "project_path" | "project_id";
  readonly claims: readonly ScopeClaim[];
}

/**
 * Claims that only jobs with an environment have. A form has both or neither, so roles that each test one of them do
 * not need two forms.
 *
 * @see https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/ci/jwt_v2.rb, which leaves out claims without a
 *   value
 */
export const ENVIRONMENT_CLAIMS: readonly ScopeClaim[] = ["environment_protected", "deployment_tier"];

/** In their order in `sub`. */
const CLAIMS_IN_SUB: readonly ScopeClaim[] = ["ref_protected", ...ENVIRONMENT_CLAIMS];

/** The claims of a scope that AWS has no condition key for, so `sub` has to contain them. */
export function claimsInSub({ claims }: Scope, issuer: string): readonly ScopeClaim[] {
  const keys = issuerKeys(issuerPrefix(issuer)).map(({ name }) => name);
  return claims.map(({ claim }) => claim).filter((claim) => !keys.includes(claim));
}

/**
 * Finds the form of `sub` that a scope needs among others of one document: scopes that share a project, even
 * indirectly, need one form that serves them all.
 *
 * The scopes name a project in one way only, by path or by id: no form serves both.
 */
export function findSubForm(scope: Scope, scopes: readonly Scope[], issuer: string): SubForm {
  const asked = findRelated(scope, scopes).flatMap((related) => claimsInSub(related, issuer));
  const needsEnvironment = asked.some((claim) => ENVIRONMENT_CLAIMS.includes(claim));
  return {
    project: scope.projects.kind === "ids" ? "project_id" : "project_path",
    claims: CLAIMS_IN_SUB.filter(
      (claim) => asked.includes(claim) || (needsEnvironment && ENVIRONMENT_CLAIMS.includes(claim)),
    ),
  };
}

/** `ci_id_token_sub_claim_components` of a form; absent if GitLab's default is that form. */
export function subComponents({ project, claims }: SubForm): readonly string[] | undefined {
  if (project === "project_path" && claims.length === 0) return undefined;
  return [project, ...claims, "ref_type", "ref"];
}

/** The scope itself, and all that share projects with it, even indirectly. */
export function findRelated(scope: Scope, scopes: readonly Scope[]): readonly Scope[] {
  const related = new Set([scope]);
  for (const one of related) {
    for (const other of scopes) if (shareProjects(one.projects, other.projects)) related.add(other);
  }
  return [...related];
}

function shareProjects(one: ProjectScope, other: ProjectScope): boolean {
  if (one.kind === "ids" || other.kind === "ids") {
    return one.kind === "ids" && other.kind === "ids" && one.ids.some((id) => other.ids.includes(id));
  }
  return one.paths.some((path) =>
    other.paths.some(
      (second) => path === second || reaches(one, path, second) || reaches(other, second, path),
    ),
  );
}

/** Whether a group contains a project, or, with its subgroups, another group. */
function reaches(projects: ProjectScope, group: string, path: string): boolean {
  if (projects.kind !== "groups" || !path.startsWith(`${group}/`)) return false;
  return projects.subgroups === "included" || !path.slice(group.length + 1).includes("/");
}

/** Whether two scopes may cover the same project, one by path and the other by id. */
export function mayClash(one: Scope, other: Scope): boolean {
  const [byNumber, byPath] = one.projects.kind === "ids" ? [one, other] : [other, one];
  if (byNumber.projects.kind !== "ids" || byPath.projects.kind === "ids") return false;
  const known = askedValues(byPath, "project_id");
  const { ids } = byNumber.projects;
  return known.length === 0 || ids.some((id) => known.includes(id));
}
