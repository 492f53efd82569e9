import { evaluateCondition } from "../evaluate/conditions.ts";
import type { ConditionKeyValue } from "../model/condition-keys.ts";
import type { ConditionTest, PolicyVersion } from "../model/policy.ts";
import { looseProviderUrl } from "../model/provider.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { OUTSIDE } from "./outsider.ts";
import {
  CORRECTIONS,
  demandAudience,
  faultOf,
  type IdentityClaim,
  isGithubKey,
  missingClaim,
  mixesProviders,
  positiveTestsOf,
  someStatementAdmits,
  testAdmits,
  testsOf,
} from "./site.ts";

export function findMissingAudience(site: LintSite): readonly LintFault[] {
  if (testsOf(site.statement, "aud").length > 0) return [];
  return [missingClaim(site, "aud", "tokens for any audience of the provider are accepted")];
}

/** Audiences that no policy names. */
const OTHER_AUDIENCES: readonly string[] = [OUTSIDE, ["https:", "", OUTSIDE].join("/")];

/** Whether a test certainly holds for a value of its key, whatever the rest of the token says. */
function holdsFor(test: ConditionTest, value: string, version: PolicyVersion | undefined): boolean {
  const own: ConditionKeyValue = { kind: "present", values: [value] };
  const none: ConditionKeyValue = { kind: "absent", reason: "key-absent" };
  const lookUp = (key: string) => (key.toLowerCase() === test.key.toLowerCase() ? own : none);
  return evaluateCondition(test, { version, lookUp }).match === "yes";
}

/** A test of the audience that every audience passes. */
export function findAnyAudience(site: LintSite): readonly LintFault[] {
  const [test] = positiveTestsOf(site.statement, "aud");
  const { version } = site.policy;
  const isTested = testsOf(site.statement, "aud").some((found) =>
    OTHER_AUDIENCES.some((audience) => !holdsFor(found, audience, version)),
  );
  if (test === undefined || isTested) return [];
  return [
    faultOf(site, test, {
      message: `"${test.values.join('", "')}" holds for every audience: tokens for any audience of the provider are accepted. Name the audience under "StringEquals".`,
      corrected: demandAudience(site),
    }),
  ];
}

const lower = (text: string) => text.toLowerCase();

function differsInCaseOnly(site: LintSite, test: ConditionTest, value: string): boolean {
  const { version } = site.policy;
  if (testAdmits(test, value, version)) return false;
  return testAdmits({ ...test, values: test.values.map(lower) }, lower(value), version);
}

function findCaseOf(site: LintSite, claim: IdentityClaim, value: string | undefined): readonly LintFault[] {
  if (value === undefined || someStatementAdmits(site, claim, value)) return [];
  return positiveTestsOf(site.statement, claim)
    .filter((test) => differsInCaseOnly(site, test, value))
    .map((test) =>
      faultOf(site, test, {
        message: `"${test.key}" differs from the token's in case, and case matters. Write "${value}".`,
        corrected: CORRECTIONS[claim](site),
      }),
    );
}

/** Condition values are case-sensitive. */
export function findOtherCase(site: LintSite): readonly LintFault[] {
  const { subject, audiences } = site.options;
  return [...findCaseOf(site, "sub", subject), ...findCaseOf(site, "aud", audiences?.[0])];
}

/** Whether a provider is the issuer, perhaps with a typo or under another path. */
function isLikeIssuer(host: string, issuer: string): boolean {
  const authority = (url: string) => looseProviderUrl(url).split("/")[0];
  return authority(host) === authority(issuer);
}

/** The policy wants a different audience from the token's. */
export function findOtherAudience(site: LintSite): readonly LintFault[] {
  const [audience] = site.options.audiences ?? [];
  if (audience === undefined || someStatementAdmits(site, "aud", audience)) return [];
  const { issuer } = site.options;
  const isOtherIssuer = issuer !== undefined && !site.hosts.some((host) => isLikeIssuer(host, issuer));
  if (isOtherIssuer || mixesProviders(site)) return [];
  return positiveTestsOf(site.statement, "aud")
    .filter((test) => !isGithubKey(test.key) && !testAdmits(test, audience, site.policy.version))
    .filter((test) => !differsInCaseOnly(site, test, audience))
    .map((test) =>
      faultOf(site, test, {
        message: `"${test.key}" wants "${test.values.join('", "')}", but the token is for "${audience}". Make both the same.`,
        corrected: demandAudience(site),
      }),
    );
}

/** GitLab's tokens have no `azp`, so STS accepts no token with two audiences. */
export function findSeveralAudiences(site: LintSite): readonly LintFault[] {
  const { audiences = [] } = site.options;
  if (audiences.length < 2) return [];
  return testsOf(site.statement, "aud").map((test) =>
    faultOf(site, test, {
      message: `The token has ${audiences.length} audiences, and STS refuses it. Give "aud" of "id_tokens" one value.`,
    }),
  );
}
