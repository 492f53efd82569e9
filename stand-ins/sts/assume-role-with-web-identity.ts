import { Constraints } from "./constraints.ts";
import { accessDenied, noProvider, regionDisabled, validationError, wrongAudience } from "./errors.ts";
import { issueSession } from "./issue-session.ts";
import type { XmlContent } from "./query-protocol.ts";
import { partitionOfRegion } from "./regions.ts";
import {
  actionsNeeded,
  buildConditionContext,
  type Call,
  type ServiceRequest,
  type SessionDetails,
} from "./service.ts";
import {
  assertRoleArn,
  assertSessionPolicies,
  parseSessionParameters,
  type SessionParameters,
} from "./session-parameters.ts";
import { judgePolicy } from "./trust-policy.ts";
import {
  assertRequiredClaims,
  assertSignature,
  assertTimes,
  audienceOf,
  type Claims,
  parseToken,
  sessionTagsOf,
  sourceIdentityOf,
  type WebIdentityToken,
} from "./web-identity-token.ts";
import type { RegisteredProvider, RegisteredRole } from "./world.ts";

const ACTION = "sts:AssumeRoleWithWebIdentity";

function parseParameters({ parameters }: ServiceRequest): SessionParameters & { readonly token: string } {
  const constraints = new Constraints();
  const session = parseSessionParameters(parameters, constraints);
  const token = constraints.required("webIdentityToken", parameters.get("WebIdentityToken"));
  if (token !== "" && token.length < 4) {
    constraints.check("webIdentityToken", "have length greater than or equal to 4");
  }
  if (token.length > 20_000) constraints.check("webIdentityToken", "have length less than or equal to 20000");
  constraints.assert();
  assertRoleArn(session.roleArn);
  assertSessionPolicies(parameters, session.roleArn);
  return { ...session, token };
}

/** Finds the provider in the role's account; another partition than that of the endpoint has none. */
function findProvider(claims: Claims, roleArn: string, { request, service }: Call): RegisteredProvider {
  const [, partition = "", , , accountId = ""] = roleArn.split(":");
  const { region } = request;
  const isReachable = region === undefined || partitionOfRegion(region) === partition;
  const provider = isReachable && service.directory.provider(String(claims.iss), { accountId, partition });
  if (!provider) throw noProvider(String(claims.iss), service.texts);
  if (!provider.clientIds.includes(audienceOf(claims))) throw wrongAudience(service.texts);
  return provider;
}

/** Checks the token in the order that the service is observed to follow. */
async function verifyToken(
  token: WebIdentityToken,
  roleArn: string,
  call: Call,
): Promise<RegisteredProvider> {
  const { header, claims } = token;
  assertRequiredClaims(claims);
  const provider = findProvider(claims, roleArn, call);
  assertSignature(token, await call.service.keys.find(String(claims.iss), header.kid));
  assertTimes(claims, call.request.receivedAt);
  return provider;
}

/** Claims that AWS turns into condition keys for this issuer alone. */
const ISSUER_CLAIMS: Readonly<Record<string, readonly string[]>> = {
  "gitlab.com": [
    "namespace_id",
    "pipeline_source",
    "project_id",
    "ref_protected",
    "runner_environment",
    "user_access_level",
    "user_email",
    "user_id",
    "user_login",
  ],
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
function tokenEntries(claims: Claims, provider: RegisteredProvider) {
  const prefix = String(claims.iss).replace(/^https?:\/\//, "");
  const valuesOf = (value: unknown): string[] =>
    value === undefined || value === null ? [] : [value].flat().map(String);
  const sameName = ["sub", "amr", "email", ...(ISSUER_CLAIMS[prefix] ?? [])];
  return [
    [`${prefix}:aud`, [audienceOf(claims)]],
    [`${prefix}:oaud`, valuesOf(claims.aud)],
    ...sameName.map((name) => [`${prefix}:${name}`, valuesOf(claims[name])] as const),
    ["aws:FederatedProvider", [provider.arn]],
    ["aws:PrincipalAccount", [provider.accountId]],
  ] as const;
}

/** A missing role and a refusing trust policy get the same answer. */
function admit(
  roleArn: string,
  details: SessionDetails & { readonly claims: Claims; readonly provider: RegisteredProvider },
  { request, service, onJudged }: Call,
): RegisteredRole {
  const role = service.directory.role(roleArn);
  const { claims, provider } = details;
  const context = buildConditionContext(request, details, tokenEntries(claims, provider));
  const principal = { type: "Federated", names: [provider.arn] } as const;
  for (const action of actionsNeeded(ACTION, details)) {
    const judgement = role && judgePolicy(role.trustPolicy, { action, principal, context });
    onJudged(judgement);
    if (judgement?.verdict !== "allow") throw accessDenied(`Not authorized to perform ${action}`);
  }
  // The loop above has thrown for a role that does not exist.
  return role as RegisteredRole;
}

/**
 * Answers `AssumeRoleWithWebIdentity`.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function assumeRoleWithWebIdentity(call: Call): Promise<XmlContent> {
  const { request, service } = call;
  const { roleArn, roleSessionName, durationSeconds, token: rawToken } = parseParameters(request);
  if (request.parameters.get("ProviderId") !== undefined) {
    throw accessDenied(
      "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens",
    );
  }
  const token = parseToken(rawToken);
  const { claims } = token;
  const provider = await verifyToken(token, roleArn, call);
  if (service.directory.isRegionDeactivated(provider.accountId, request.region)) {
    throw regionDisabled(provider.accountId);
  }
  const sessionTags = sessionTagsOf(claims);
  const sourceIdentity = sourceIdentityOf(claims);
  const details = { roleSessionName, sessionTags, sourceIdentity, claims, provider };
  const role = admit(roleArn, details, call);
  if (durationSeconds > role.maxSessionDurationSeconds) {
    throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return {
    SubjectFromWebIdentityToken: String(claims.sub),
    Audience: audienceOf(claims),
    Provider: provider.arn,
    ...issueSession(call, { role, roleSessionName, durationSeconds, sessionTags, sourceIdentity }),
  };
}
