import type { TrustPolicy } from "../model/policy.ts";
import {
  findForkSubject,
  findGroupPrefix,
  findMissingSubject,
  findOtherProjects,
  findSubjectThatIamDemands,
  findWideSubject,
} from "./admission-rules.ts";
import {
  findAnyAudience,
  findMissingAudience,
  findOtherAudience,
  findOtherCase,
  findSeveralAudiences,
} from "./claim-rules.ts";
import type { LintFault, LintRuleId, LintSeverity, LintSite } from "./finding.ts";
import {
  findAlwaysHolding,
  findGitlabComKeyElsewhere,
  findMixedProviders,
  findPathInKey,
  findSchemeInKey,
  findSlashInKey,
  findUnknownClaim,
  findWrongPrefix,
} from "./key-rules.ts";
import {
  findAndedEqualities,
  findForAllValues,
  findForAnyValue,
  findIfExists,
  findIgnoredCase,
  findLikeWithoutWildcard,
  findNegatedOnly,
  findSelfComparison,
  findWildcardUnderEquals,
} from "./operator-rules.ts";
import { findOpenProvider, findOpenToAws } from "./other-principals.ts";
import { findOldVersion, findOversize, findVariablesInOldVersion } from "./policy-rules.ts";
import {
  findEveryone,
  findNoProvider,
  findOtherAction,
  findProviderOfOtherAccount,
  findProviderOfOtherCase,
  findProviderOfOtherHost,
  findProviderOfOtherPath,
  findSchemeInProvider,
  findSlashInProvider,
} from "./principal-rules.ts";
import {
  findAnyRef,
  findGithubSubject,
  findMergeRequestType,
  findMissingComponents,
  findOtherRefType,
  findOtherSubjectFormat,
  findPushableRef,
  findRefPrefix,
} from "./subject-rules.ts";

/** A mistake to look for, in each statement or in the whole policy; one id can have several rules. */
export type LintRule = {
  readonly id: LintRuleId;
  readonly severity: LintSeverity;
} & (
  | { readonly inStatement: (site: LintSite) => readonly LintFault[] }
  | { readonly inPolicy: (policy: TrustPolicy) => readonly LintFault[] }
);

const never = "never-matches";
const wide = "too-wide";

/** All rules: first what keeps everyone out, then what lets too many in, then style. */
export const LINT_RULES: readonly LintRule[] = [
  { id: "principal", severity: never, inStatement: findNoProvider },
  { id: "account", severity: never, inStatement: findProviderOfOtherAccount },
  { id: "other-provider", severity: never, inStatement: findProviderOfOtherHost },
  { id: "http-url", severity: never, inStatement: findSchemeInProvider },
  { id: "http-url", severity: never, inStatement: findSchemeInKey },
  { id: "slash-url", severity: never, inStatement: findSlashInProvider },
  { id: "slash-url", severity: never, inStatement: findSlashInKey },
  { id: "path-url", severity: never, inStatement: findProviderOfOtherPath },
  { id: "path-url", severity: never, inStatement: findPathInKey },
  { id: "action", severity: never, inStatement: findOtherAction },
  { id: "wrong-prefix", severity: never, inStatement: findWrongPrefix },
  { id: "unknown-claim", severity: never, inStatement: findUnknownClaim },
  { id: "self-managed-extra", severity: never, inStatement: findGitlabComKeyElsewhere },
  { id: "eq-wildcard", severity: never, inStatement: findWildcardUnderEquals },
  { id: "two-providers", severity: never, inStatement: findMixedProviders },
  { id: "anded-equalities", severity: never, inStatement: findAndedEqualities },
  { id: "github-sub", severity: never, inStatement: findGithubSubject },
  { id: "ref-type-mr", severity: never, inStatement: findMergeRequestType },
  { id: "case", severity: never, inStatement: findProviderOfOtherCase },
  { id: "case", severity: never, inStatement: findOtherCase },
  { id: "tag-vs-branch", severity: never, inStatement: findOtherRefType },
  { id: "old-sub", severity: never, inStatement: findOtherSubjectFormat },
  { id: "old-sub", severity: never, inStatement: findMissingComponents },
  { id: "aud-mismatch", severity: never, inStatement: findOtherAudience },
  { id: "multi-aud", severity: never, inStatement: findSeveralAudiences },
  { id: "old-version", severity: never, inPolicy: findVariablesInOldVersion },
  { id: "policy-size", severity: never, inPolicy: findOversize },
  { id: "open-to-aws", severity: wide, inPolicy: findOpenToAws },
  { id: "open-provider", severity: wide, inPolicy: findOpenProvider },
  { id: "everyone", severity: wide, inStatement: findEveryone },
  { id: "no-sub", severity: wide, inStatement: findMissingSubject },
  { id: "no-aud", severity: wide, inStatement: findMissingAudience },
  { id: "any-aud", severity: wide, inStatement: findAnyAudience },
  { id: "self-comparison", severity: wide, inStatement: findSelfComparison },
  { id: "always-holds", severity: wide, inStatement: findAlwaysHolding },
  { id: "forall", severity: wide, inStatement: findForAllValues },
  { id: "ifexists", severity: wide, inStatement: findIfExists },
  { id: "negated-only", severity: wide, inStatement: findNegatedOnly },
  { id: "wide-sub", severity: wide, inStatement: findWideSubject },
  { id: "group-prefix", severity: wide, inStatement: findGroupPrefix },
  { id: "fork-sub", severity: wide, inStatement: findForkSubject },
  { id: "ignore-case", severity: wide, inStatement: findIgnoredCase },
  { id: "ref-star", severity: wide, inStatement: findAnyRef },
  { id: "prefix-glob", severity: wide, inStatement: findRefPrefix },
  { id: "no-sub", severity: "style", inStatement: findSubjectThatIamDemands },
  { id: "pushable-ref", severity: "style", inStatement: findPushableRef },
  { id: "other-project", severity: "style", inStatement: findOtherProjects },
  { id: "set-operator", severity: "style", inStatement: findForAnyValue },
  { id: "like-without-wildcard", severity: "style", inStatement: findLikeWithoutWildcard },
  { id: "no-version", severity: "style", inPolicy: findOldVersion },
];
