import { type Checked, invalid, type Problem, valid } from "../checked.ts";
import type { Secret } from "../secret.ts";

/** The variable that the template's `id_tokens` fills. */
export const ID_TOKEN_VARIABLE = "GITLAB_OIDC_TOKEN";

/**
 * The claims of a GitLab ID token, decoded but not verified.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
 */
export interface IdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Every member of the payload, the ones above included. */
  readonly all: Readonly<Record<string, unknown>>;
}

/** An ID token together with what it says. */
export interface IdToken {
  readonly raw: Secret;
  readonly claims: IdTokenClaims;
}

const YAML = `Declare the token in the job that runs this, then run the pipeline anew:
  id_tokens:
    ${ID_TOKEN_VARIABLE}:
      aud: $CI_SERVER_URL`;

/**
 * Decodes the ID token and checks all that can be known without its issuer: that it is a JWT, that the claims which STS
 * demands are there, that it names one audience.
 *
 * The signature is not verified here: STS is the verifier. Never authorize on the result.
 *
 * @see RFC 7519 section 4.1 (registered claims)
 */
export function decodeIdToken(raw: Secret): Checked<IdToken> {
  const text = raw.reveal();
  if (text.includes("$")) {
    return refuse(
      "the name of a variable in place of a token",
      `Remove ${ID_TOKEN_VARIABLE} from \`variables:\`: \`id_tokens\` sets it.`,
    );
  }
  if (/\s/.test(text)) {
    return refuse(
      "a token with white space in it",
      "Pass the variable on unchanged, without a trailing line break.",
    );
  }
  const segments = text.split(".");
  const payload = segments.length === 3 ? decodeSegment(segments[1] ?? "") : undefined;
  if (payload === undefined || decodeSegment(segments[0] ?? "") === undefined) {
    return refuse(
      "something that is not a JSON Web Token",
      "Pass an `id_tokens` variable, not CI_JOB_TOKEN or another token.",
    );
  }
  return checkClaims(raw, payload);
}

/** The problem of a job without an ID token, with the YAML that gives it one. */
export function missingIdToken(variable: { readonly empty: boolean }): Problem {
  return {
    subject: ID_TOKEN_VARIABLE,
    found: variable.empty ? "the variable is empty" : "the variable is not set",
    expected: "the job's ID token",
    fix: YAML,
  };
}

function checkClaims(raw: Secret, payload: Readonly<Record<string, unknown>>): Checked<IdToken> {
  const { iss, sub, aud, iat, exp } = payload;
  const audiences = Array.isArray(aud) ? aud : [aud];
  const faults = [
    fault("iss", isText(iss), "the URL of the GitLab instance"),
    fault("sub", isText(sub), "the subject, such as project_path:acme/shop:ref_type:branch:ref:main"),
    fault("iat", isSeconds(iat), "the second of issue, as a whole number"),
    fault("exp", isSeconds(exp), "the second of expiry, as a whole number"),
    audienceFault(audiences),
  ].filter((problem) => problem !== undefined);
  if (faults.length > 0 || !isText(iss) || !isText(sub) || !isSeconds(iat) || !isSeconds(exp))
    return invalid(...faults);
  const claims = {
    iss,
    sub,
    aud: String(audiences[0]),
    issuedAt: fromSeconds(iat),
    expiresAt: fromSeconds(exp),
    all: payload,
  };
  return valid({ raw, claims });
}

function fault(claim: string, present: boolean, expected: string): Problem | undefined {
  if (present) return undefined;
  const fix = "Pass a token that `id_tokens` made; CI_JOB_TOKEN and tokens of other issuers lack it.";
  return { subject: `claim "${claim}"`, found: "missing or of the wrong type", expected, fix };
}

function audienceFault(audiences: readonly unknown[]): Problem | undefined {
  const subject = 'claim "aud"';
  if (audiences.length > 1) {
    const found = `${audiences.length} audiences: ${audiences.map(String).join(", ")}`;
    const fix = "Give `aud` one value, not a list; declare a second token for a second audience.";
    return { subject, found, expected: "one audience, since AWS refuses tokens with several", fix };
  }
  if (isText(audiences[0])) return undefined;
  const fix = "Set `aud` (input `audience`); a variable that does not exist expands to nothing.";
  return {
    subject,
    found: "missing or empty",
    expected: "the audience that the identity provider in AWS lists",
    fix,
  };
}

function refuse(found: string, fix: string): Checked<never> {
  return invalid({
    subject: ID_TOKEN_VARIABLE,
    found,
    expected: "a JWT of three parts, as GitLab issues it",
    fix,
  });
}

function decodeSegment(segment: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^[\w-]+$/.test(segment)) return undefined;
  try {
    const binary = atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const decoded: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isRecord(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** A whole number that is a date too: a `Date` ends 8.64e15 milliseconds from 1970. */
function isSeconds(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(Number(value)) <= 8.64e12;
}

function fromSeconds(seconds: number): Date {
  return new Date(seconds * 1000);
}
