import type { ReviewedRequest } from "../../aws/trust-policy/review.ts";
import type { AssumeRoleParts } from "../../config/assume-role-config.ts";
import type { DoctorConfig } from "../../config/doctor-config.ts";
import { combine } from "../../foundation/checked.ts";
import { listClaims } from "../../gitlab/claims.ts";
import { findInToken } from "../../gitlab/evidence.ts";
import type { IdToken } from "../../gitlab/id-token.ts";
import { readJob } from "../../gitlab/job.ts";
import { selectClaims } from "../../gitlab/shared-claims.ts";
import { fileVariableNotes } from "../file-variables.ts";
import { buildWebIdentityRequest } from "../proposal.ts";
import type { Tools } from "../tools.ts";
import { type Check, skipped } from "./check.ts";
import { checkConfiguration, checkIdToken, checkRoleArn, checkVariables } from "./configuration.ts";
import { judgeIssuer, probeIssuer } from "./issuer.ts";
import type { DoctorReport } from "./report.ts";
import { checkExchange, checkStsEndpoint } from "./sts.ts";
import { afterExchange, lookAtTrustPolicy, type TrustLook, withoutTold } from "./trust.ts";

/** Checks everything that exchanging this job's token needs, even if some of it has failed. */
export async function examineJob(
  parts: AssumeRoleParts,
  { policy, personalClaims }: Pick<DoctorConfig, "policy" | "personalClaims">,
  tools: Tools,
): Promise<DoctorReport> {
  const now = tools.host.clock.now();
  const job = readJob(tools.host.env);
  const idToken = parts.idToken.ok ? parts.idToken.value : undefined;
  const findings = idToken === undefined ? [] : findInToken(idToken.claims, job, now);
  const claims = idToken === undefined ? undefined : selectClaims(idToken.claims.all, personalClaims);
  const request = buildRequest(parts, idToken, now);
  const trust = lookAtTrustPolicy(policy, request, findings);
  const issuer = idToken?.claims.iss ?? job.serverUrl;
  const [probe, endpoint] = await Promise.all([
    issuer === undefined ? undefined : probeIssuer(issuer, idToken, tools),
    checkStsEndpoint(parts, tools),
  ]);
  const exchange = await examineExchange(parts, { endpoint, trust }, tools);
  const settled = afterExchange(trust, exchange);
  const config = combine(parts);
  const policies = {
    "session-policy-file": parts.sessionPolicies.ok ? parts.sessionPolicies.value.inline : undefined,
    "trust-policy-file": policy?.text,
  };
  const claimLines = claims === undefined ? [] : listClaims(claims.shown, personalClaims);
  return {
    checks: [
      checkIdToken(parts.idToken, { findings: withoutTold(findings, settled.review), claimLines, now }),
      probe === undefined ? skipped("issuer", "unknown without a token") : judgeIssuer(probe, exchange),
      checkRoleArn(parts),
      checkConfiguration(parts, fileVariableNotes(policies, tools.host.env)),
      config.ok
        ? checkVariables(config.value, tools.host.env)
        : skipped("variables", "not checked, because something above is missing"),
      exchange.status === "ok" && endpoint.status === "warning" ? { ...endpoint, status: "ok" } : endpoint,
      exchange,
      settled.check,
    ],
    token: claims === undefined ? undefined : { claims, findings },
    review: settled.review,
    statement: settled.proposal?.statement,
  };
}

function buildRequest(
  { role, sessionName, sts }: AssumeRoleParts,
  idToken: IdToken | undefined,
  now: Date,
): ReviewedRequest | undefined {
  if (idToken === undefined || !role.ok) return undefined;
  return {
    ...buildWebIdentityRequest(idToken.claims, role.value),
    now,
    ...(sessionName.ok ? { sessionName: sessionName.value } : {}),
    ...(sts.ok ? { region: sts.value.targets[0].region } : {}),
    otherClaims: "absent",
  };
}

async function examineExchange(
  parts: AssumeRoleParts,
  { endpoint, trust }: { readonly endpoint: Check; readonly trust: TrustLook },
  tools: Tools,
): Promise<Check> {
  const config = combine(parts);
  if (!config.ok) return skipped("exchange", "not tried, because something above is missing");
  if (endpoint.status === "failed") return skipped("exchange", "not tried, because STS cannot be reached");
  return checkExchange(config.value, trust.review, tools);
}
