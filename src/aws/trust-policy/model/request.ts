import { buildProviderArn, type RoleIdentity } from "./provider.ts";
import type { Claims } from "./session-claims.ts";

/** What is known of one `AssumeRoleWithWebIdentity` request. What is left out counts as unknown. */
export interface WebIdentityRequest {
  readonly role: RoleIdentity;
  /** The token's `iss`, exactly. */
  readonly issuer: string;
  readonly claims: Claims;
  readonly sessionName?: string;
  readonly now?: Date;
  readonly region?: string;
  readonly sourceIp?: string;
}

/** A request as a trust policy sees it. */
export interface WebIdentityRequestContext extends WebIdentityRequest {
  /** The issuer's OIDC provider in the role's account: provider and role must share it. */
  readonly providerArn: string;
}

/** Completes a request with the provider that STS would look up for it. */
export function buildRequestContext(request: WebIdentityRequest): WebIdentityRequestContext {
  return { ...request, providerArn: buildProviderArn(request.role, request.issuer) };
}
