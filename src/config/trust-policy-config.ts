import { parseRoleArn, type RoleArn } from "../aws/arn.ts";
import type { IdentityProvider, IdentitySetup } from "../aws/identity-setup/identity-setup.ts";
import type { SetupFormat } from "../aws/identity-setup/render.ts";
import type { Scope } from "../aws/identity-setup/scope.ts";
import { type Checked, combine, valid } from "../foundation/checked.ts";
import type { Environment } from "../foundation/ports.ts";
import { Secret } from "../foundation/secret.ts";
import { decodeIdToken, ID_TOKEN_VARIABLE, type IdTokenClaims } from "../gitlab/id-token.ts";
import { parseFormat, parseRole } from "./identity-role-config.ts";
import { variableName } from "./inputs/input.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";
import { unexpandedVariable } from "./inputs/scalars.ts";
import { parseIssuer } from "./issuer.ts";
import { parseScope, SCOPE_FLAGS } from "./scope-config.ts";
import { checkFlagValues, isGiven, isWritten, refuse, type TrustPolicyFlags } from "./trust-policy-flags.ts";

/** Whom the role is to trust: the jobs that the flags describe, or exactly the one that the token was made for. */
export type TrustSubject =
  | { readonly kind: "scope"; readonly scope: Scope }
  | { readonly kind: "token"; readonly claims: IdTokenClaims };

/** All that the AWS side is made of, checked. */
export interface TrustPolicyConfig {
  readonly subject: TrustSubject;
  readonly provider: IdentityProvider;
  readonly role: IdentitySetup["role"];
  readonly format: SetupFormat;
}

/** Reads the flags, or the token and the role of the job at hand when no flag says whom to trust. */
export function parseTrustPolicyConfig(
  flags: TrustPolicyFlags,
  env: Environment,
): Checked<TrustPolicyConfig> {
  const token = env[ID_TOKEN_VARIABLE];
  const isDescribed = [...SCOPE_FLAGS, "issuer", "audience"] as const;
  return token && !isDescribed.some((name) => isWritten(flags(name)))
    ? parseForToken(flags, env, new Secret(token, "ID token"))
    : parseForScope(flags, env);
}

function parseForScope(flags: TrustPolicyFlags, env: Environment): Checked<TrustPolicyConfig> {
  const checkedIssuer = parseIssuer(issuerInput(flags("issuer"), env));
  const parts = combine({
    issuer: checkedIssuer,
    scope: parseScope(flags, checkedIssuer.ok ? checkedIssuer.value : undefined),
    audience: parseAudience(flags("audience")),
    ...parseRoleParts(flags, undefined),
  });
  if (!parts.ok) return parts;
  const { issuer, scope, audience = issuer, state, role, format } = parts.value;
  return valid({ subject: { kind: "scope", scope }, provider: { issuer, audience, state }, role, format });
}

function parseForToken(flags: TrustPolicyFlags, env: Environment, token: Secret): Checked<TrustPolicyConfig> {
  const known = parseRoleArn(env[variableName("role-arn")] || env.AWS_ROLE_ARN || "", "role-arn");
  const parts = combine({
    claims: parseTokenClaims(token),
    ...parseRoleParts(flags, known.ok ? known.value : undefined),
  });
  if (!parts.ok) return parts;
  const { claims, state, role, format } = parts.value;
  const provider = { issuer: claims.iss, audience: claims.aud, state };
  return valid({ subject: { kind: "token", claims }, provider, role, format });
}

function parseTokenClaims(token: Secret): Checked<IdTokenClaims> {
  const idToken = decodeIdToken(token);
  if (!idToken.ok) return idToken;
  const { claims } = idToken.value;
  const issuer = parseIssuer({ text: claims.iss, subject: 'claim "iss"' });
  return issuer.ok ? valid(claims) : issuer;
}

function parseRoleParts(flags: TrustPolicyFlags, role: RoleArn | undefined) {
  return {
    values: checkFlagValues(flags),
    state: valid(isGiven(flags, "existing-provider") ? ("existing" as const) : ("new" as const)),
    role: parseRole(flags, role),
    format: parseFormat(flags, role),
  };
}

function issuerInput({ text, subject }: RawInput, env: Environment): RawInput {
  if (text) return { text, subject };
  if (env.CI_SERVER_URL) return { text: env.CI_SERVER_URL, subject: "CI_SERVER_URL" };
  return { text: "https://gitlab.com", subject };
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html */
function parseAudience(input: RawInput): Checked<string | undefined> {
  const { text } = input;
  if (!text) return valid(undefined);
  const variable = unexpandedVariable(text);
  if (variable === undefined && /^[\x21-\x7e]{1,255}$/.test(text)) return valid(text);
  const fix = "Write what stands in `aud`, without spaces and with its variables expanded.";
  return refuse(input, "the `aud` of the tokens, up to 255 characters", fix);
}
