import type { DiagnosisContext } from "../aws/error-catalogue/context.ts";
import type { StsTarget } from "../aws/sts.ts";
import { buildStsUrl } from "../aws/sts-url.ts";
import type { AssumeRoleConfig } from "../config/assume-role-config.ts";
import { chooseProxy } from "../config/proxy.ts";
import type { Environment, Host } from "../host.ts";

const CERTIFICATE_VARIABLES = ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] as const;

/** Gathers what a diagnosis can be told about a run. */
export function buildDiagnosisContext(
  { idToken, role, sessionName, durationSeconds }: AssumeRoleConfig,
  target: StsTarget,
  { env, clock }: Pick<Host, "env" | "clock">,
): DiagnosisContext {
  const { iss, aud, sub, issuedAt, expiresAt, all: claims } = idToken.claims;
  return {
    role,
    token: { iss, aud, sub, issuedAt, expiresAt, claims },
    sessionName,
    durationSeconds,
    now: clock.now(),
    ...readNetworkSettings(target, env),
  };
}

/** The variables that decide how STS is reached. */
export function readNetworkSettings(
  target: StsTarget,
  env: Environment,
): Pick<DiagnosisContext, "proxyVariable" | "certificateVariable"> {
  return {
    proxyVariable: chooseProxy(new URL(buildStsUrl(target)), env)?.variable,
    certificateVariable: CERTIFICATE_VARIABLES.find((name) => env[name]),
  };
}
