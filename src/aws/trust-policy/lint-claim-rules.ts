import type { LintFault, LintSite } from "./lint-finding.ts";
import {
  correctStatement,
  demandExactly,
  demandSubject,
  faultOf,
  type IdentityClaim,
  positiveTestsOf,
  someStatementAdmits,
  testAdmits,
  testsOf,
} from "./lint-site.ts";
import { memberPlace, statementPlace } from "./place.ts";
import type { ConditionTest, Statement } from "./policy.ts";

function demandAudience(site: LintSite): Statement | undefined {
  const [audience, ...others] = site.options.audiences ?? [];
  return audience === undefined || others.length > 0 ? undefined : demandExactly(site, "aud", [audience]);
}

/** What a statement that lacks a claim lets in. */
const OPEN_TO: Readonly<Record<IdentityClaim, string>> = {
  sub: "every project of the instance can assume the role, and IAM refuses such a policy for gitlab.com",
  aud: "tokens made for any audience of the provider are taken",
};

const CORRECTIONS: Readonly<Record<IdentityClaim, (site: LintSite) => Statement | undefined>> = {
  sub: demandSubject,
  aud: demandAudience,
};

/** Finds statements that do not ask for a claim at all. */
const findMissing =
  (claim: IdentityClaim) =>
  (site: LintSite): readonly LintFault[] => {
    if (testsOf(site.statement, claim).length > 0) return [];
    const [host = "<issuer>"] = site.hosts;
    const message = `"Condition" does not ask for "${host}:${claim}": ${OPEN_TO[claim]}. Add it under "StringEquals".`;
    const corrected = CORRECTIONS[claim](site);
    return [
      {
        place: memberPlace(statementPlace(site.index), "Condition"),
        message,
        ...(corrected === undefined ? {} : { correction: correctStatement(site, corrected) }),
      },
    ];
  };

export const findMissingSubject = findMissing("sub");

export const findMissingAudience = findMissing("aud");

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
        message: `"${test.key}" differs from the token's in case, and case counts. Write "${value}".`,
        corrected: CORRECTIONS[claim](site),
      }),
    );
}

/** Condition values are case-sensitive. */
export function findOtherCase(site: LintSite): readonly LintFault[] {
  const { subject, audiences } = site.options;
  return [...findCaseOf(site, "sub", subject), ...findCaseOf(site, "aud", audiences?.[0])];
}

/** The policy wants another audience than the token has. */
export function findOtherAudience(site: LintSite): readonly LintFault[] {
  const [audience] = site.options.audiences ?? [];
  if (audience === undefined || someStatementAdmits(site, "aud", audience)) return [];
  return positiveTestsOf(site.statement, "aud")
    .filter((test) => !testAdmits(test, audience, site.policy.version))
    .filter((test) => !differsInCaseOnly(site, test, audience))
    .map((test) =>
      faultOf(site, test, {
        message: `"${test.key}" wants "${test.values.join('", "')}", but the token is made for "${audience}". Make both the same.`,
        corrected: demandAudience(site),
      }),
    );
}

/** GitLab's tokens have no `azp`, so STS takes no token with two audiences. */
export function findSeveralAudiences(site: LintSite): readonly LintFault[] {
  const { audiences = [] } = site.options;
  if (audiences.length < 2) return [];
  return testsOf(site.statement, "aud").map((test) =>
    faultOf(site, test, {
      message: `The token has ${audiences.length} audiences, and STS refuses it. Give "aud" of "id_tokens" one value.`,
    }),
  );
}
