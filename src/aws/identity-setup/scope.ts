/** The projects whose jobs may assume a role. */
export type ProjectScope =
  | { readonly kind: "paths"; readonly paths: readonly string[] }
  /** By id, which no rename or move changes; `sub` has to begin with it. */
  | { readonly kind: "ids"; readonly ids: readonly string[] }
  | {
      readonly kind: "groups";
      readonly paths: readonly string[];
      readonly subgroups: "excluded" | "included";
    };

export type RefType = "branch" | "tag";

/** Branches or tags: one by name, or all with the prefix before a final `*`. */
export interface RefPattern {
  readonly type: RefType;
  readonly name: string;
}

/** The branches and tags that the jobs may run for. */
export type RefScope =
  | { readonly kind: "some"; readonly patterns: readonly RefPattern[] }
  | { readonly kind: "any" };

/**
 * Claims that a scope can test besides project and ref. The environment's name is not among them: GitLab puts it
 * neither into `sub` nor into a claim that AWS offers as a key.
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

/** The values that a scope allows for a claim; none if it does not test it. */
export function askedValues({ claims }: Scope, claim: ScopeClaim): readonly string[] {
  return claims.find((asked) => asked.claim === claim)?.values ?? [];
}
