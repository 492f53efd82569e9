import { issuerKeys } from "../trust-policy/model/condition-keys.ts";
import { hasWildcard } from "../trust-policy/model/glob.ts";
import type { ConditionTest } from "../trust-policy/model/policy.ts";
import { issuerPrefix } from "../trust-policy/model/provider.ts";
import { escapePolicyVariables } from "../trust-policy/model/variables.ts";
import type { ClaimScope, ProjectScope, RefScope, Scope } from "./scope.ts";

/** Who issues the tokens, and for whom. */
export interface TokenSource {
  readonly issuer: string;
  readonly audience: string;
}

/** What a trust policy asks of a token, and what GitLab has to put into `sub` for that. */
export interface ScopeConditions {
  readonly conditions: readonly ConditionTest[];
  /** `ci_id_token_sub_claim_components` of every project of the scope; absent where the default serves. */
  readonly subComponents: readonly string[] | undefined;
}

/**
 * Turns a scope into conditions: a claim that AWS offers as a condition key of the issuer is asked by that key, any other
 * as a part of `sub`.
 *
 * `sub` is asked for in every case: IAM takes no policy for gitlab.com without it. Wildcards stand behind a `/` or `:`
 * and never at the cost of another part, since neither paths nor refs hold a colon.
 *
 * @see https://docs.gitlab.com/ci/cloud_services/#configure-a-conditional-role-with-oidc-claims
 */
export function buildScopeConditions(scope: Scope, { issuer, audience }: TokenSource): ScopeConditions {
  const prefix = issuerPrefix(issuer);
  const keys = issuerKeys(prefix).map(({ name }) => name);
  const asKeys = scope.claims.filter(({ claim }) => keys.includes(claim));
  const inSubject = scope.claims.filter(({ claim }) => !keys.includes(claim));
  const test = (operator: ConditionTest["operator"], name: string, values: readonly string[]) => ({
    operator,
    key: `${prefix}:${name}`,
    values: values.map(escapePolicyVariables),
  });
  const subjects = buildSubjects(scope, inSubject);
  const outsiders = subgroupSubjects(scope.projects);
  return {
    conditions: [
      test("StringEquals", "aud", [audience]),
      test(subjects.some(hasWildcard) ? "StringLike" : "StringEquals", "sub", subjects),
      ...(outsiders.length > 0 ? [test("StringNotLike", "sub", outsiders)] : []),
      ...asKeys.map(({ claim, values }) => test("StringEquals", claim, values)),
    ],
    subComponents: subComponents(scope.projects, inSubject),
  };
}

/** Every combination of the parts, in the order of the components. */
function buildSubjects({ projects, refs }: Scope, claims: readonly ClaimScope[]): readonly string[] {
  const parts = [
    projectParts(projects),
    ...claims.map(({ claim, values }) => values.map((value) => `${claim}:${value}`)),
    refParts(refs),
  ];
  return parts.reduce((heads, tails) => heads.flatMap((head) => tails.map((tail) => `${head}:${tail}`)));
}

function projectParts(projects: ProjectScope): readonly string[] {
  switch (projects.kind) {
    case "paths":
      return projects.paths.map((path) => `project_path:${path}`);
    case "ids":
      return projects.ids.map((id) => `project_id:${id}`);
    case "groups":
      return projects.paths.map((path) => `project_path:${path}/*`);
  }
}

function refParts(refs: RefScope): readonly string[] {
  switch (refs.kind) {
    case "named":
      return refs.names.map((name) => `ref_type:${refs.type}:ref:${name}`);
    case "any-of-type":
      return [`ref_type:${refs.type}:ref:*`];
    case "any":
      return ["ref_type:*"];
  }
}

/** A wildcard crosses slashes, so that the projects of subgroups have to be taken out again. */
function subgroupSubjects(projects: ProjectScope): readonly string[] {
  if (projects.kind !== "groups" || projects.subgroups === "included") return [];
  return projects.paths.map((path) => `project_path:${path}/*/*:ref_type:*`);
}

function subComponents(projects: ProjectScope, claims: readonly ClaimScope[]): readonly string[] | undefined {
  if (projects.kind !== "ids" && claims.length === 0) return undefined;
  const first = projects.kind === "ids" ? "project_id" : "project_path";
  return [first, ...claims.map(({ claim }) => claim), "ref_type", "ref"];
}
