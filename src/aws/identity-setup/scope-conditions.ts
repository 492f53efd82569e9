import { hasWildcard } from "../trust-policy/model/glob.ts";
import type { ConditionTest } from "../trust-policy/model/policy.ts";
import { issuerPrefix } from "../trust-policy/model/provider.ts";
import { escapePolicyVariables } from "../trust-policy/model/variables.ts";
import {
  askedValues,
  type ProjectScope,
  type RefScope,
  type Scope,
  type ScopeClaim,
  type TokenSource,
} from "./scope.ts";
import { claimsInSub, ENVIRONMENT_CLAIMS, type SubForm } from "./sub-form.ts";

/**
 * Turns a scope into conditions: a claim that AWS offers as a condition key of the issuer is tested with that key, any
 * other as a part of `sub`.
 *
 * `sub` is always tested: IAM accepts no policy for gitlab.com without it. Wildcards come after a `/` or `:` and never
 * cover another part, since neither paths nor refs contain a colon.
 *
 * @param form the components of `sub` in the scope's projects
 * @see https://docs.gitlab.com/ci/cloud_services/#configure-a-conditional-role-with-oidc-claims
 */
export function buildScopeConditions(
  scope: Scope,
  { issuer, audience }: TokenSource,
  form: SubForm,
): readonly ConditionTest[] {
  const prefix = issuerPrefix(issuer);
  const inSub = claimsInSub(scope, issuer);
  const test = (operator: ConditionTest["operator"], name: string, values: readonly string[]) => ({
    operator,
    key: `${prefix}:${name}`,
    values: values.map(escapePolicyVariables),
  });
  const subjects = buildSubjects(scope, form);
  const outsiders = subgroupSubjects(scope.projects);
  return [
    test("StringEquals", "aud", [audience]),
    test(subjects.some(hasWildcard) ? "StringLike" : "StringEquals", "sub", subjects),
    ...(outsiders.length > 0 ? [test("StringNotLike", "sub", outsiders)] : []),
    ...scope.claims
      .filter(({ claim }) => !inSub.includes(claim))
      .map(({ claim, values }) => test("StringEquals", claim, values)),
  ];
}

/** Every combination of the parts, in the order of the form. */
function buildSubjects(scope: Scope, { claims }: SubForm): readonly string[] {
  const subjects = subsOfClaims(scope, claims).flatMap((inSub) =>
    combineParts([
      projectParts(scope.projects),
      ...inSub.map((claim) => claimParts(scope, claim)),
      refParts(scope.refs),
    ]),
  );
  return [...new Set(subjects)];
}

/** A scope that does not say whether a job has an environment also covers the `sub` of jobs without one. */
function subsOfClaims(scope: Scope, claims: readonly ScopeClaim[]): readonly (readonly ScopeClaim[])[] {
  const isOfEnvironment = (claim: ScopeClaim): boolean => ENVIRONMENT_CLAIMS.includes(claim);
  const isOpen = claims.some(isOfEnvironment) && !scope.claims.some(({ claim }) => isOfEnvironment(claim));
  return isOpen ? [claims.filter((claim) => !isOfEnvironment(claim)), claims] : [claims];
}

function combineParts(parts: readonly (readonly string[])[]): readonly string[] {
  return parts.reduce((heads, tails) => heads.flatMap((head) => tails.map((tail) => `${head}:${tail}`)));
}

function claimParts(scope: Scope, claim: ScopeClaim): readonly string[] {
  const values = askedValues(scope, claim);
  return (values.length > 0 ? values : ["*"]).map((value) => `${claim}:${value}`);
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
  if (refs.kind === "any") return ["ref_type:*"];
  return refs.patterns.map(({ type, name }) => `ref_type:${type}:ref:${name}`);
}

/** A wildcard crosses slashes, so projects of subgroups have to be excluded again. */
function subgroupSubjects(projects: ProjectScope): readonly string[] {
  if (projects.kind !== "groups" || projects.subgroups === "included") return [];
  return projects.paths.map((path) => `project_path:${path}/*/*:ref_type:*`);
}
