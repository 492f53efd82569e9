import type { Statement, TrustPolicy } from "../model/policy.ts";
import type { RoleIdentity } from "../model/provider.ts";

/**
 * `never-matches`: nobody can assume the role with it; `too-wide`: a stranger can, or anyone who may push a branch;
 * `style`: worth a look.
 */
export type LintSeverity = "never-matches" | "too-wide" | "style";

export type LintRuleId =
  | "account"
  | "action"
  | "always-holds"
  | "anded-equalities"
  | "any-aud"
  | "aud-mismatch"
  | "case"
  | "eq-wildcard"
  | "everyone"
  | "forall"
  | "fork-sub"
  | "github-sub"
  | "group-prefix"
  | "http-url"
  | "ifexists"
  | "ignore-case"
  | "like-without-wildcard"
  | "multi-aud"
  | "negated-only"
  | "no-aud"
  | "no-sub"
  | "no-version"
  | "old-sub"
  | "old-version"
  | "open-provider"
  | "open-to-aws"
  | "other-project"
  | "other-provider"
  | "path-url"
  | "policy-size"
  | "prefix-glob"
  | "principal"
  | "pushable-ref"
  | "ref-star"
  | "ref-type-mr"
  | "self-comparison"
  | "self-managed-extra"
  | "set-operator"
  | "slash-url"
  | "stranger"
  | "tag-vs-branch"
  | "two-providers"
  | "unknown-claim"
  | "wide-sub"
  | "wrong-prefix";

/** What is known about the job that should be admitted. Rules that need a missing part say nothing. */
export interface LintOptions {
  /** `iss` of the ID token. */
  readonly issuer?: string;
  /** `aud` of the ID token, all of them. */
  readonly audiences?: readonly string[];
  /** `sub` of the ID token. */
  readonly subject?: string;
  /** The project that the token names. */
  readonly project?: { readonly path?: string; readonly id?: string };
  readonly role?: Pick<RoleIdentity, "partition" | "accountId">;
}

/** JSON text that replaces what is there: a whole statement, or the `Version`. */
export interface LintCorrection {
  readonly place: string;
  readonly text: string;
}

/** What a rule found. */
export interface LintFault {
  readonly place: string;
  readonly message: string;
  /** Only if the right text follows from the policy and the options. */
  readonly correction?: LintCorrection;
}

/** One defect of a trust policy. */
export interface LintFinding extends LintFault {
  readonly id: LintRuleId;
  readonly severity: LintSeverity;
}

/** An allowing statement for web identities, with what its rules look at. */
export interface LintSite {
  readonly policy: TrustPolicy;
  readonly index: number;
  readonly statement: Statement;
  /** All allowing statements for web identities, this one among them. */
  readonly siblings: readonly Statement[];
  /** The issuer prefixes of the providers that the statement trusts, without slips of spelling. */
  readonly hosts: readonly string[];
  readonly options: LintOptions;
}
