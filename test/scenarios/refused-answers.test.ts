import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { TokenDescription } from "../../stand-ins/gitlab-job.ts";
import { ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";
import { unwrapped } from "../harness/stable.ts";
import { expectLogOf } from "./refused-log.ts";

/** An answer of STS, in the words that it is known to use. */
interface Refusal {
  /** The entry of the catalogue. */
  readonly id: string;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Which request is refused, that for the first role unless given. */
  readonly action?: "AssumeRole" | "GetCallerIdentity";
  readonly token?: TokenDescription;
  readonly env?: Readonly<Record<string, string>>;
}

const denied = (message: string) => ({ status: 403, code: "AccessDenied", message });
const invalidToken = (message: string) => ({ status: 400, code: "InvalidIdentityToken", message });
const expired = (message: string) => ({ status: 400, code: "ExpiredTokenException", message });
const invalidValue = (message: string) => ({ status: 400, code: "ValidationError", message });

const CHAINED = { action: "AssumeRole", env: { AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production } } as const;

const REFUSALS: readonly Refusal[] = [
  { id: "trust-denied", ...denied("Not authorized to perform sts:AssumeRoleWithWebIdentity") },
  { id: "tag-denied", ...denied("Not authorized to perform sts:TagSession") },
  { id: "source-identity-denied", ...denied("Not authorized to perform sts:SetSourceIdentity") },
  {
    id: "provider-id-sent",
    ...denied(
      "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens",
    ),
  },
  {
    id: "idp-or-audience",
    ...invalidToken(
      "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.",
    ),
  },
  {
    id: "no-provider",
    ...invalidToken("No OpenIDConnect provider found in your account for https://gitlab.example.com"),
  },
  { id: "wrong-audience", ...invalidToken("Incorrect token audience"), token: { aud: "sts.example.com" } },
  {
    id: "multi-audience",
    ...invalidToken("Token audience contains more than one audience while authorized party is not present"),
  },
  { id: "missing-claim", ...invalidToken("Missing a required claim: sub") },
  { id: "empty-claim", ...invalidToken("Claim is not allowed to be empty: aud") },
  {
    id: "key-retrieval",
    ...invalidToken(
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    ),
  },
  {
    id: "thumbprint",
    ...invalidToken("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"),
  },
  { id: "bad-signature", ...invalidToken("Token signature invalid") },
  {
    id: "not-a-jwt",
    ...invalidToken(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    ),
  },
  { id: "lwa-misleading", ...invalidToken("Provided Token is not a Login With Amazon token") },
  { id: "future-iat", ...invalidToken("Token issued in the future: 1795406400") },
  {
    id: "nbf",
    ...invalidToken(
      "Token not yet valid: current date/time 1795406400 must be after or equal to the not-before date/time 1795407000",
    ),
  },
  { id: "bad-times", ...invalidToken("Invalid timestamp in token claims.") },
  { id: "bad-tags", ...invalidToken("principal_tags passed in claim is not in correct format.") },
  {
    id: "expired",
    ...expired(
      "Token expired: current date/time 1795406400 must be before the expiration date/time 1795402800",
    ),
  },
  { id: "too-old", ...expired("Token too old: 1795320000") },
  {
    id: "idp-comm",
    status: 400,
    code: "IDPCommunicationError",
    message: "Your request failed because STS could not reach the identity provider.",
  },
  {
    id: "idp-rejected",
    status: 403,
    code: "IDPRejectedClaim",
    message: "graph.facebook.com rejected OAuth token",
  },
  {
    id: "duration-max",
    ...invalidValue("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
    env: { AWS_OIDC_DURATION_SECONDS: "43200" },
  },
  {
    id: "duration-range",
    ...invalidValue(
      "1 validation error detected: Value '600' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ),
  },
  {
    id: "session-name",
    ...invalidValue(
      "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ),
  },
  { id: "bad-arn", ...invalidValue("Request ARN is invalid") },
  {
    id: "policy-malformed",
    status: 400,
    code: "MalformedPolicyDocument",
    message: "Syntax errors in policy.",
  },
  {
    id: "packed",
    status: 400,
    code: "PackedPolicyTooLarge",
    message: "Packed size of session tags consumes 138% of allotted space.",
  },
  {
    id: "region-disabled",
    status: 403,
    code: "RegionDisabledException",
    message:
      "STS is not activated in this region for account:123456789012. Your account administrator can activate STS in this region using the IAM Console.",
  },
  { id: "throttled", status: 400, code: "Throttling", message: "Rate exceeded" },
  {
    id: "internal",
    status: 500,
    code: "InternalFailure",
    message: "Unknown error validating third-party token",
  },
  {
    id: "service-unavailable",
    status: 503,
    code: "ServiceUnavailable",
    message: "Service is unable to handle request.",
  },
  {
    id: "chain-denied",
    ...denied(
      `User: arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210 is not authorized to perform: sts:AssumeRole on resource: ${ROLES.production} because no role trust policy allows the sts:AssumeRole action`,
    ),
    ...CHAINED,
  },
  {
    id: "duration-chain",
    ...invalidValue(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    ),
    ...CHAINED,
  },
  {
    id: "chain-creds",
    status: 403,
    code: "InvalidClientTokenId",
    message: "The security token included in the request is invalid.",
    action: "GetCallerIdentity",
  },
  {
    id: "chain-skew",
    status: 403,
    code: "SignatureDoesNotMatch",
    message:
      "Signature expired: 20261123T040000Z is now earlier than 20261123T041000Z (20261123T041500Z - 5 min.)",
    ...CHAINED,
  },
  {
    id: "chain-expired",
    status: 403,
    code: "ExpiredToken",
    message: "The security token included in the request is expired",
    action: "GetCallerIdentity",
  },
  {
    id: "unknown",
    status: 418,
    code: "TeapotException",
    message: "This region is a teapot.",
  },
];

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.sts.behave());
afterAll(() => world.close());

it.each(REFUSALS)("explains $id: $message", async (refusal) => {
  const { id, status, code, message, action = "AssumeRoleWithWebIdentity", token, env } = refusal;
  const fault = { kind: "error", status, code, message } as const;
  world.sts.misbehave({ fault, action, times: "forever" });
  const run = await runInWorld(world, {
    env: { ...world.environment(token), AWS_MAX_ATTEMPTS: "1", ...env },
  });
  expect(run.exitCode).toBe(1);
  expect(run.files).toEqual([]);
  expect(run.actions.at(-1)).toBe(action);
  expect(unwrapped(run.stderr)).toContain(unwrapped(`${code}: ${message}`));
  expect(run.stderr, "the person who started the pipeline").not.toMatch(/\bada\b/);
  await expectLogOf(id, transcript(run));
});
