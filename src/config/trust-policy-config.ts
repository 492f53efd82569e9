import { parseRoleArn } from "../aws/arn.ts";
import type { Account, IdentityProvider, RoleSettings } from "../aws/identity-setup/identity-setup.ts";
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
import { flagsOfRoles, parseRoles } from "./role-list-config.ts";
import { parseScope, SCOPE_FLAGS } from "./scope-config.ts";
import { checkFlagValues, isGiven, isWritten, refuse, type TrustPolicyFlags } from "./trust-policy-flags.ts";

/** Whom a role should trust: the jobs that the flags describe, or exactly the token's own job. */
export type TrustSubject =
  | { readonly kind: "scope"; readonly scope: Scope }
  | { readonly kind: "token"; readonly claims: IdTokenClaims };

/** One role, checked. */
export interface TrustedRole {
  readonly subject: TrustSubject;
  readonly role: RoleSettings;
}

/** The whole AWS side, checked. */
export interface TrustPolicyConfig {
  readonly provider: IdentityProvider;
  readonly roles: readonly TrustedRole[];
  readonly format: SetupFormat;
}

/** The roles' scopes, except for a role made for a token. */
export function scopesOf(roles: readonly TrustedRole[]): readonly Scope[] {
  return roles.flatMap(({ subject }) => (subject.kind === "scope" ? [subject.scope] : []));
}

/** Reads the flags, or the current job's token and role if no flag says whom to trust. */
export function parseTrustPolicyConfig(
  flags: TrustPolicyFlags,
  env: Environment,
): Checked<TrustPolicyConfig> {
  const token = env[ID_TOKEN_VARIABLE];
  const [only, ...others] = flagsOfRoles(flags);
  const isDescribed = [...SCOPE_FLAGS, "issuer", "audience"] as const;
  const isForToken =
    only !== undefined && others.length === 0 && !isDescribed.some((name) => isWritten(only(name)));
  return token && isForToken
    ? parseForToken(flags, env, new Secret(token, "ID token"))
    : parseForScopes(flags, env);
}

function parseForScopes(flags: TrustPolicyFlags, env: Environment): Checked<TrustPolicyConfig> {
  const issuer = parseIssuer(issuerInput(flags("issuer"), env));
  const format = parseFormat(flags, undefined);
  const context = { known: undefined, account: accountOf(format) };
  const parts = combine({
    issuer,
    roles: parseRoles(flags, (own) =>
      combine({
        scope: parseScope(own, issuer.ok ? issuer.value : undefined),
        values: checkFlagValues(own),
        role: parseRole(own, context),
      }),
    ),
    audience: parseAudience(flags("audience")),
    format,
  });
  if (!parts.ok) return parts;
  const { audience = parts.value.issuer, roles } = parts.value;
  return valid({
    provider: { issuer: parts.value.issuer, audience, state: readState(flags) },
    roles: roles.map(({ scope, role }) => ({ subject: { kind: "scope", scope }, role })),
    format: parts.value.format,
  });
}

function parseForToken(flags: TrustPolicyFlags, env: Environment, token: Secret): Checked<TrustPolicyConfig> {
  const arn = parseRoleArn(env[variableName("role-arn")] || env.AWS_ROLE_ARN || "", "role-arn");
  const known = arn.ok ? arn.value : undefined;
  const format = parseFormat(flags, known);
  const parts = combine({
    claims: parseTokenClaims(token),
    values: checkFlagValues(flags),
    role: parseRole(flags, { known, account: accountOf(format) }),
    format,
  });
  if (!parts.ok) return parts;
  const { claims, role } = parts.value;
  return valid({
    provider: { issuer: claims.iss, audience: claims.aud, state: readState(flags) },
    roles: [{ subject: { kind: "token", claims }, role }],
    format: parts.value.format,
  });
}

function accountOf(format: Checked<SetupFormat>): Account | undefined {
  return format.ok && "account" in format.value ? format.value.account : undefined;
}

function readState(flags: TrustPolicyFlags): IdentityProvider["state"] {
  return isGiven(flags, "existing-provider") ? "existing" : "new";
}

function parseTokenClaims(token: Secret): Checked<IdTokenClaims> {
  const idToken = decodeIdToken(token);
  if (!idToken.ok) return idToken;
  const { claims } = idToken.value;
  const issuer = parseIssuer({ text: claims.iss, subject: 'claim "iss"' });
  return issuer.ok ? valid(claims) : issuer;
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
  const fix = "Write the value of `aud`, without spaces and with its variables expanded.";
  return refuse(input, "the `aud` of the tokens, up to 255 characters", fix);
}
