import type { DiagnosisContext } from "../aws/error-catalogue/context.ts";
import type { StsTarget } from "../aws/sts/sts.ts";
import { buildStsUrl } from "../aws/sts/sts-url.ts";
import type { AssumeRoleConfig } from "../config/assume-role-config.ts";
import type { Environment, FindWay, Host } from "../foundation/ports.ts";

/** What else explains a failure: the variables, the time, and how servers are reached. */
export interface Surroundings {
  readonly host: Pick<Host, "env" | "clock">;
  readonly findWay: FindWay;
}

const CERTIFICATE_VARIABLES = ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] as const;

/** Gathers what a diagnosis needs to know about a run. */
export function buildDiagnosisContext(
  { idToken, role, sessionName, durationSeconds }: AssumeRoleConfig,
  target: StsTarget,
  { host, findWay }: Surroundings,
): DiagnosisContext {
  const { iss, aud, sub, issuedAt, expiresAt, all: claims } = idToken.claims;
  return {
    role,
    token: { iss, aud, sub, issuedAt, expiresAt, claims },
    sessionName,
    durationSeconds,
    now: host.clock.now(),
    ...readNetworkSettings(buildStsUrl(target), { env: host.env, findWay }),
  };
}

/** The variables that decide how a server is reached, and which certificates are trusted. */
export function readNetworkSettings(
  url: string,
  { env, findWay }: { readonly env: Environment; readonly findWay: FindWay },
): Pick<DiagnosisContext, "proxyVariable" | "unusedProxy" | "certificateVariable"> {
  const way = findWay(url);
  return {
    ...(way.kind === "proxy" ? { proxyVariable: way.variable } : { unusedProxy: way.unused }),
    certificateVariable: CERTIFICATE_VARIABLES.find((name) => env[name]),
  };
}
