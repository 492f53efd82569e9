import { generateKeyPairSync, sign } from "node:crypto";
import type { TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import { renderPolicy } from "../../../../src/aws/trust-policy/model/render.ts";
import type { WebIdentityRequestContext } from "../../../../src/aws/trust-policy/model/request.ts";
import { assumeRoleWithWebIdentity } from "../../../../stand-ins/sts/assume-role-with-web-identity.ts";
import { ServiceError } from "../../../../stand-ins/sts/errors.ts";
import { QueryParameters } from "../../../../stand-ins/sts/query-protocol.ts";
import type { Service, ServiceRequest } from "../../../../stand-ins/sts/service.ts";
import { Sessions } from "../../../../stand-ins/sts/sessions.ts";
import type { VerificationKeys } from "../../../../stand-ins/sts/verification-keys.ts";
import { Directory } from "../../../../stand-ins/sts/world.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function mint(claims: object): string {
  const signed = `${encode({ alg: "ES256", kid: "k" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** Finds the one key without asking an issuer. */
const KEYS = { find: async () => publicKey } as unknown as VerificationKeys;

function createService(
  policy: TrustPolicy,
  { role, issuer, claims }: WebIdentityRequestContext,
  now: Date,
): Service {
  const roles = [{ name: "deploy", trustPolicy: JSON.parse(renderPolicy(policy)) }];
  const clientIds = [claims.azp ?? claims.aud].flat().map(String);
  const oidcProviders = [{ url: issuer, clientIds }];
  const account = { partition: role.partition, oidcProviders, roles };
  return {
    directory: new Directory({ accounts: { [role.accountId]: account } }),
    sessions: new Sessions({ clock: () => now, sessionTokenLength: 1100, maxSessionLifetimeMs: undefined }),
    keys: KEYS,
    texts: "2026",
  };
}

function createRequest(context: WebIdentityRequestContext, now: Date): ServiceRequest {
  const epochSeconds = Math.floor(now.getTime() / 1000);
  const token = mint({ ...context.claims, iat: epochSeconds, exp: epochSeconds + 3600 });
  const body = new URLSearchParams({
    RoleArn: context.role.arn,
    RoleSessionName: context.sessionName ?? "unnamed",
    WebIdentityToken: token,
  }).toString();
  return {
    method: "POST",
    target: "/",
    headers: {},
    body,
    parameters: new QueryParameters(body),
    region: context.region,
    sourceIp: context.sourceIp ?? "192.0.2.1",
    receivedAt: now,
  };
}

/**
 * Asks the stand-in STS, with its own rules for keys and conditions.
 *
 * @returns `allowed`, or the message of its refusal by the trust policy.
 * @throws ServiceError for a request that it refuses before it reads the policy.
 */
export async function askStandIn(policy: TrustPolicy, context: WebIdentityRequestContext): Promise<string> {
  const now = context.now ?? new Date("2026-11-20T10:00:00Z");
  const call = {
    request: createRequest(context, now),
    service: createService(policy, context, now),
    onJudged: () => {},
  };
  try {
    await assumeRoleWithWebIdentity(call);
    return "allowed";
  } catch (error) {
    if (error instanceof ServiceError && error.code === "AccessDenied") return error.message;
    throw error;
  }
}
