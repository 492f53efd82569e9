import { type Checked, combine, invalid, type Problem, valid } from "../foundation/checked.ts";
import { parseJsonObject } from "../foundation/json.ts";
import type { Secret } from "../foundation/secret.ts";

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
  /** Every member of the payload, including those above. */
  readonly all: Readonly<Record<string, unknown>>;
}

/** An ID token and its claims. */
export interface IdToken {
  readonly raw: Secret;
  /** The `kid` of the key that it claims to be signed with. RFC 7515 section 4.1.4. */
  readonly keyId: string | undefined;
  /** The `alg` that it claims to be signed with. RFC 7515 section 4.1.1. */
  readonly algorithm: string | undefined;
  readonly claims: IdTokenClaims;
}

const YAML = `Declare the token in the job that runs this, then run a new pipeline:
  id_tokens:
    ${ID_TOKEN_VARIABLE}:
      aud: $CI_SERVER_URL`;

/**
 * Decodes the ID token and checks everything that can be known without its issuer: that it is a JWT, has the claims
 * that STS requires, and names one audience.
 *
 * The signature is not verified here: STS is the verifier. Never authorize on the result.
 *
 * @see RFC 7519 section 4.1 (registered claims)
 */
export function decodeIdToken(raw: Secret): Checked<IdToken> {
  const text = raw.reveal();
  if (text.includes("$")) {
    return refuse(
      "the name of a variable instead of a token",
      `Remove ${ID_TOKEN_VARIABLE} from \`variables:\`: \`id_tokens\` sets it.`,
    );
  }
  if (/\s/.test(text)) {
    return refuse(
      "a token that contains white space",
      "Pass on the variable unchanged, without a trailing line break.",
    );
  }
  const [first = "", second = "", ...rest] = text.split(".");
  const [header, payload] = [decodeSegment(first), decodeSegment(second)];
  if (header === undefined || payload === undefined || rest.length !== 1) {
    return refuse(
      "something that is not a JSON Web Token",
      "Pass an `id_tokens` variable, not CI_JOB_TOKEN or another token.",
    );
  }
  const claims = checkClaims(payload);
  const [keyId, algorithm] = [header.kid, header.alg].map((value) => (isText(value) ? value : undefined));
  return claims.ok ? valid({ raw, keyId, algorithm, claims: claims.value }) : claims;
}

/** The problem of a job without an ID token, with the YAML that adds one. */
export function missingIdToken(variable: { readonly empty: boolean }): Problem {
  return {
    subject: ID_TOKEN_VARIABLE,
    found: variable.empty ? "the variable is empty" : "the variable is not set",
    expected: "the job's ID token",
    fix: YAML,
  };
}

function checkClaims(payload: Readonly<Record<string, unknown>>): Checked<IdTokenClaims> {
  const { iss, sub, aud, iat, exp } = payload;
  const claims = combine({
    iss: checkText(iss, { name: "iss", expected: "the URL of the GitLab instance" }),
    sub: checkText(sub, {
      name: "sub",
      expected: "the subject, such as project_path:acme/shop:ref_type:branch:ref:main",
    }),
    issuedAt: checkSeconds(iat, { name: "iat", expected: "the time of issue in seconds, as a whole number" }),
    expiresAt: checkSeconds(exp, {
      name: "exp",
      expected: "the time of expiry in seconds, as a whole number",
    }),
    aud: checkAudience(aud),
  });
  return claims.ok ? valid({ ...claims.value, all: payload }) : claims;
}

interface ClaimRule {
  readonly name: string;
  readonly expected: string;
}

function checkText(value: unknown, rule: ClaimRule): Checked<string> {
  return isText(value) ? valid(value) : missingClaim(rule);
}

/** A whole number that is also a valid date: a `Date` ends 8.64e15 milliseconds after 1970. */
function checkSeconds(value: unknown, rule: ClaimRule): Checked<Date> {
  const isDate = Number.isInteger(value) && Math.abs(Number(value)) <= 8.64e12;
  return isDate ? valid(new Date(Number(value) * 1000)) : missingClaim(rule);
}

function missingClaim({ name, expected }: ClaimRule): Checked<never> {
  const fix = "Pass a token from `id_tokens`; CI_JOB_TOKEN and tokens of other issuers lack it.";
  return invalid({ subject: `claim "${name}"`, found: "missing or of the wrong type", expected, fix });
}

function checkAudience(aud: unknown): Checked<string> {
  const subject = 'claim "aud"';
  const [audience, ...others] = Array.isArray(aud) ? aud : [aud];
  if (others.length > 0) {
    const names = [audience, ...others].map((one) => (isText(one) ? one : JSON.stringify(one)));
    const found = `${names.length} audiences: ${names.join(", ")}`;
    const fix = "Give `aud` one value, not a list; declare a second token for a second audience.";
    return invalid({
      subject,
      found,
      expected: "one audience, because AWS refuses tokens with several",
      fix,
    });
  }
  if (isText(audience)) return valid(audience);
  const fix = "Set `aud` (input `audience`); a variable that does not exist becomes empty.";
  const expected = "the audience that the identity provider in AWS lists";
  return invalid({ subject, found: "missing or empty", expected, fix });
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
    // Percent-encoding decodes bytes strictly as UTF-8; a TextDecoder takes a millisecond to load.
    const encoded = binary.replaceAll(/[%\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
    return parseJsonObject(decodeURIComponent(encoded));
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
