import type { RoleArn } from "../../aws/arn.ts";
import type { RoleIdentity } from "../../aws/trust-policy/model/provider.ts";
import { findRoleOfPolicy, type ReviewedRequest } from "../../aws/trust-policy/review.ts";
import type { DescribedClaims } from "../../config/claims-config.ts";
import type { DoctorConfig, DoctorSubject } from "../../config/doctor-config.ts";
import { DEFAULT_ISSUER } from "../../config/inputs/doctor-inputs.ts";
import type { Host } from "../../foundation/ports.ts";
import { showValue } from "../../foundation/quote.ts";
import { formatInstant } from "../../foundation/times.ts";
import { listClaims } from "../../gitlab/claims.ts";
import { findInToken, listFindings } from "../../gitlab/evidence.ts";
import { readJob } from "../../gitlab/job.ts";
import type { InspectedToken } from "../../gitlab/notices.ts";
import { selectClaims } from "../../gitlab/shared-claims.ts";
import { type Check, passed, skipped } from "./check.ts";
import type { DoctorReport } from "./report.ts";
import { lookAtTrustPolicy, withoutTold } from "./trust.ts";

type ClaimsSubject = Extract<DoctorSubject, { kind: "claims" }>;

/** Checks claims and a trust policy, offline: no job, no network. */
export function examineClaims(
  subject: ClaimsSubject,
  { policy, personalClaims }: Pick<DoctorConfig, "policy" | "personalClaims">,
  host: Pick<Host, "clock">,
): DoctorReport {
  const now = host.clock.now();
  const described = subject.claims;
  const token = described === undefined ? undefined : inspect(described);
  const findings = token === undefined ? [] : findInToken(token, readJob({}), now);
  const request =
    described === undefined || token === undefined
      ? undefined
      : buildRequest(subject, { described, token, policyText: policy?.text });
  const { check, review, proposal } = lookAtTrustPolicy(policy, request, findings);
  const claims = token === undefined ? undefined : selectClaims(token.all, personalClaims);
  const tokenCheck: Check =
    token === undefined || claims === undefined
      ? skipped("id-token", "no claims given: see --claims and --project")
      : passed("id-token", `claims of ${showValue(token.sub)}`, [
          ...describeOrigin(described, now),
          ...listClaims(claims.shown, personalClaims),
          ...listFindings(withoutTold(findings, review)),
        ]);
  return {
    checks: [tokenCheck, check],
    token: claims === undefined ? undefined : { claims, findings },
    review,
    statement: proposal?.statement,
  };
}

const ISSUER_ASSUMED =
  "The issuer is taken from the provider in the policy. If the job runs on another instance, set --issuer.";

/** Where the claims come from, and their age: an expired token still says whose job it was. */
function describeOrigin(described: DescribedClaims | undefined, now: Date): readonly string[] {
  const { token, isIssuerAssumed, claims } = described ?? {};
  if (isIssuerAssumed && claims?.iss !== DEFAULT_ISSUER) return [ISSUER_ASSUMED];
  if (token === undefined) return [];
  const until = formatInstant(token.expiresAt);
  return [
    token.expiresAt < now
      ? `It expired at ${until}; its claims are compared anyway.`
      : `Valid until ${until}.`,
  ];
}

function inspect({ claims, token }: DescribedClaims): InspectedToken {
  const { iss, sub, aud } = claims;
  const [audience] = Array.isArray(aud) ? aud : [aud];
  return {
    iss: String(iss),
    sub: String(sub),
    aud: String(audience),
    issuedAt: token?.issuedAt,
    all: claims,
  };
}

/** If no role is named, it is assumed to be in the same account as the provider that the policy trusts. */
function buildRequest(
  { role, sessionName }: ClaimsSubject,
  known: {
    readonly described: DescribedClaims;
    readonly token: InspectedToken;
    readonly policyText: string | undefined;
  },
): ReviewedRequest {
  const { described, token, policyText } = known;
  const found = policyText === undefined ? undefined : findRoleOfPolicy(policyText, token.iss);
  return {
    role: role === undefined ? (found ?? UNKNOWN_ROLE) : identityOf(role),
    issuer: token.iss,
    claims: token.all,
    otherClaims: described.otherClaims,
    ...(sessionName === undefined ? {} : { sessionName }),
  };
}

const UNKNOWN_ROLE: RoleIdentity = {
  arn: "arn:aws:iam::<account>:role/<role>",
  partition: "aws",
  accountId: "<account>",
};

function identityOf({ text, partition, accountId }: RoleArn): RoleIdentity {
  return { arn: text, partition, accountId };
}
