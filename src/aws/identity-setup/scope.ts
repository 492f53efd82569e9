import { issuerKeys } from "../trust-policy/model/condition-keys.ts";
import { hasWildcard } from "../trust-policy/model/glob.ts";
import type { ConditionTest } from "../trust-policy/model/policy.ts";
import { issuerPrefix } from "../trust-policy/model/provider.ts";
import { escapePolicyVariables } from "../trust-policy/model/variables.ts";

/** The projects whose jobs may assume a role. */
export type ProjectScope =
  | { readonly kind: "paths"; readonly paths: readonly string[] }
  /** By number, which no rename or move changes; `sub` has to begin with it. */
  | { readonly kind: "ids"; readonly ids: readonly string[] }
  | {
      readonly kind: "groups";
      readonly paths: readonly string[];
      readonly subgroups: "excluded" | "included";
    };

export type RefType = "branch" | "tag";

/** The branches or tags that the jobs may run for. */
export type RefScope =
  /** A name that ends in `*` stands for every ref that begins so. */
  | { readonly kind: "named"; readonly type: RefType; readonly names: readonly string[] }
  | { readonly kind: "any-of-type"; readonly type: RefType }
  | { readonly kind: "any" };

/**
 * Claims that a scope can ask for besides project and ref. The name of the environment is not among them: GitLab lets
 * neither `sub` nor AWS have it.
 *
 * @see https://docs.gitlab.com/api/projects/#update-a-project (`ci_id_token_sub_claim_components`)
 */
export type ScopeClaim =
  | "project_id"
  | "namespace_id"
  | "ref_protected"
  | "environment_protected"
  | "deployment_tier";

/** A claim that must have one of these values. */
export interface ClaimScope {
  readonly claim: ScopeClaim;
  readonly values: readonly string[];
}

/** The jobs that may assume a role: all parts must hold. */
export interface Scope {
  readonly projects: ProjectScope;
  readonly refs: RefScope;
  readonly claims: readonly ClaimScope[];
}

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
  const subjects = parts.reduce((heads, tails) =>
    heads.flatMap((head) => tails.map((tail) => `${head}:${tail}`)),
  );
  return [...new Set(subjects)];
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

/** What a scope admits beyond refs and projects that it names one by one, a sentence each. */
export function describeWideAdmission(scope: Scope): readonly string[] {
  return [...projectSentences(scope.projects), ...refSentences(scope), ...tierSentences(scope)];
}

function projectSentences(projects: ProjectScope): readonly string[] {
  if (projects.kind !== "groups") return [];
  const reach = projects.subgroups === "included" ? "in or anywhere below" : "directly in";
  return [
    `This admits every project ${reach} ${projects.paths.join(", ")}, later ones too: whoever may create a project there can assume the role.`,
  ];
}

function refSentences({ refs, claims }: Scope): readonly string[] {
  const admitted = describeRefs(refs);
  if (admitted === undefined) return [];
  const names = claims.map(({ claim }) => claim);
  const mergeRequests = refs.kind !== "any" && refs.type === "tag" ? "" : " and their merge requests";
  const bound = names.includes("ref_protected")
    ? " that GitLab protects: look after the project's protected branches and tags."
    : names.includes("environment_protected")
      ? ", in jobs of a protected environment: look after who may deploy to it."
      : `, later ones${mergeRequests} too: whoever may push one can assume the role.`;
  return [`This admits ${admitted}${bound}`];
}

function describeRefs(refs: RefScope): string | undefined {
  if (refs.kind === "any") return "any branch and any tag";
  if (refs.kind === "any-of-type") return `any ${refs.type}`;
  const patterns = refs.names.filter((name) => name.endsWith("*"));
  return patterns.length > 0 ? `any ${refs.type} like ${patterns.join(", ")}` : undefined;
}

function tierSentences({ claims }: Scope): readonly string[] {
  const names = claims.map(({ claim }) => claim);
  if (!names.includes("deployment_tier") || names.includes("environment_protected")) return [];
  return [
    "The tier of an environment is what .gitlab-ci.yml says: it keeps nobody out who may push to these refs. Add --protected-environment.",
  ];
}
