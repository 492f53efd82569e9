import type { Situation } from "./context.ts";
import { type CatalogueEntry, type Likelihood, unlessGitlabCom } from "./entry.ts";

const INVALID_TOKEN = /^InvalidIdentityToken/;

const NOT_AN_ID_TOKEN_FIX =
  "Declare the token in the job, and pass that variable:\n" +
  "id_tokens:\n  GITLAB_OIDC_TOKEN:\n    aud: $CI_SERVER_URL";

const UNCHANGED_TOKEN_FIX = "Pass on the `id_tokens` variable unchanged.";

const PROVIDER_ARN = "arn:{partition}:iam::{accountId}:oidc-provider/{host}";

const NO_PROVIDER = {
  id: "no-provider",
  reason:
    "Account {accountId} has no identity provider with exactly the URL {iss}\n" +
    "(or the role ARN names the wrong account; case, path and a trailing slash matter).",
  fix: `aws iam list-open-id-connect-providers   # of account {accountId}; must list ${PROVIDER_ARN}`,
};

const ISSUER_WITH_PORT = {
  id: "issuer-with-port",
  reason: "{iss} has a port, which IAM does not accept in the URL of an identity provider.",
  fix: "Give GitLab an issuer without one: `ci_id_tokens_issuer_url` (GitLab 18.1) or `external_url`.",
  likelihood: ({ token }: Situation): Likelihood =>
    /^https:..[^/]*:\d/.test(token?.iss ?? "") ? "shown" : "excluded",
};

const UNLISTED_AUDIENCE = {
  id: "unlisted-audience",
  reason: "The identity provider does not list the audience {aud}.",
  fix:
    `aws iam get-open-id-connect-provider --query ClientIDList --open-id-connect-provider-arn ${PROVIDER_ARN}\n` +
    `aws iam add-client-id-to-open-id-connect-provider --cli-input-json '{"ClientID":{'aud}}' --open-id-connect-provider-arn ${PROVIDER_ARN}`,
};

const CLOCK_OF_GITLAB = {
  id: "gitlab-clock",
  reason: "The clock of the GitLab instance is more than five minutes ahead (token issued at {issuedAt}).",
  fix: "Correct the time service (NTP) on the GitLab servers; retrying does not help.",
};

const LATE_EXCHANGE = {
  id: "late-exchange",
  reason: "The token expired at {expiresAt}: it is valid for as long as the job may run.",
  fix: "Exchange it at the job's start, or raise the job's `timeout`. For longer credentials, set `duration-seconds`.",
};

/** Refusals of the ID token itself. */
export const TOKEN_ENTRIES: readonly CatalogueEntry[] = [
  {
    id: "idp-or-audience",
    match: {
      kind: "service",
      code: INVALID_TOKEN,
      message: /^The web identity token provided could not be validated/,
    },
    title: "The web identity token provided could not be validated",
    verdict:
      "AWS refused the token: no identity provider for {iss} in account {accountId}, or its audience is not listed",
    meaning: "STS does not say which. These commands show it.",
    topic: "identity-provider",
    causes: [ISSUER_WITH_PORT, NO_PROVIDER, UNLISTED_AUDIENCE],
  },
  {
    id: "no-provider",
    match: { kind: "service", code: INVALID_TOKEN, message: /^No OpenIDConnect provider found/ },
    title: "No OpenIDConnect provider found in your account",
    verdict: "AWS refused the token: account {accountId} has no identity provider for {iss}",
    topic: "identity-provider",
    causes: [
      ISSUER_WITH_PORT,
      NO_PROVIDER,
      {
        id: "create-provider",
        reason: "The identity provider was never created in this account.",
        fix: "aws iam create-open-id-connect-provider --url {$iss} --client-id-list '[{'aud}]'",
      },
    ],
  },
  {
    id: "wrong-audience",
    match: { kind: "service", code: INVALID_TOKEN, message: /^Incorrect token audience/ },
    title: "Incorrect token audience",
    verdict: "AWS refused the token: the identity provider does not list its audience {aud}",
    topic: "identity-provider",
    causes: [
      UNLISTED_AUDIENCE,
      {
        id: "other-audience",
        reason: "The provider lists a different audience, often `sts.amazonaws.com`.",
        fix: "Set the input `audience` to the listed one.",
      },
    ],
  },
  {
    id: "multi-audience",
    match: { kind: "service", code: INVALID_TOKEN, message: /contains more than one audience/ },
    title: "Token audience contains more than one audience while authorized party is not present",
    verdict: "AWS refused the token: it has several audiences",
    causes: [
      {
        id: "audience-list",
        reason: "`aud` in `id_tokens` is a list; GitLab's tokens have no `azp` to choose from it.",
        fix: "Give `aud` one value, and declare a second token for a second audience.",
      },
    ],
  },
  {
    id: "missing-claim",
    match: { kind: "service", code: INVALID_TOKEN, message: /^Missing a required claim: (?<claim>\w+)/ },
    title: "Missing a required claim",
    verdict: "AWS refused the token: it lacks the claim {claim}, so it is not an ID token",
    causes: [
      {
        id: "not-an-id-token",
        reason: "`CI_JOB_TOKEN` or the old `CI_JOB_JWT` (removed in GitLab 17.0) was passed.",
        fix: NOT_AN_ID_TOKEN_FIX,
      },
    ],
  },
  {
    id: "empty-claim",
    match: {
      kind: "service",
      code: INVALID_TOKEN,
      message: /^Claim is not allowed to be empty: (?<claim>\w+)/,
    },
    title: "Claim is not allowed to be empty",
    verdict: "AWS refused the token: its claim {claim} is empty",
    causes: [
      {
        id: "empty-variable",
        reason: "`aud` in `id_tokens` is a variable that is not set in this job.",
        fix: "Set the variable, or write the audience itself into the input `audience`.",
      },
    ],
  },
  {
    id: "key-retrieval",
    match: { kind: "service", code: INVALID_TOKEN, message: /^Couldn't retrieve verification key/ },
    title: "Couldn't retrieve verification key from your identity provider",
    verdict: "AWS could not fetch the keys of {iss} to check the token's signature",
    causes: [
      {
        id: "not-public",
        reason: "{domain} cannot be reached from the Internet: a firewall, a geo block, a private address.",
        fix:
          "Make {iss}/.well-known/openid-configuration and {iss}/oauth/discovery/keys public, or host copies of both " +
          "at a public URL and set `ci_id_tokens_issuer_url` to it (GitLab 18.1), with an identity provider for that URL.",
        likelihood: unlessGitlabCom,
      },
      {
        id: "slow-issuer",
        reason: "{domain} answers too slowly (STS waits about 5 s), fails, or rate-limits many jobs at once.",
        fix: "Retry the job. If it recurs, exchange once per pipeline, and check the instance's log for these two paths.",
      },
      {
        id: "tls-chain",
        reason: "{domain} sends an incomplete or untrusted certificate chain.",
        fix: "openssl s_client -connect {domain}:443 -servername {domain} -showcerts </dev/null   # must show the intermediates",
        likelihood: unlessGitlabCom,
      },
      {
        id: "key-missing",
        reason: "The signing key was replaced, and its `kid` is not among the published keys.",
        fix: "curl -s {iss}/oauth/discovery/keys   # must list the token's kid; the doctor compares them",
        likelihood: unlessGitlabCom,
      },
    ],
  },
  {
    id: "thumbprint",
    match: {
      kind: "service",
      code: INVALID_TOKEN,
      message: /certificate doesn't match configured thumbprint/,
    },
    title: "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    verdict:
      "AWS does not trust the certificate of {iss}: it matches none of the thumbprints in the identity provider",
    meaning:
      "Thumbprints matter only if the certificate's authority is not in AWS's own library of trusted ones, or if AWS cannot " +
      "fetch the certificate (a host with TLS 1.3 only). gitlab.com needs none today.",
    causes: [
      {
        id: "certificate-changed",
        reason: "The certificate comes from your own authority, and changed after the thumbprint was taken.",
        fix:
          "openssl s_client -connect {domain}:443 -servername {domain} -showcerts </dev/null   # the last one shown counts\n" +
          "Its SHA-1 fingerprint without colons is the thumbprint. This replaces the whole list: include the others again.\n" +
          `aws iam update-open-id-connect-provider-thumbprint --thumbprint-list <thumbprint> --open-id-connect-provider-arn ${PROVIDER_ARN}`,
      },
      {
        id: "private-authority",
        reason:
          "With a certificate from a public authority, thumbprints do not matter and cannot become stale.",
        fix: "Give {domain} one, with its whole chain; or host the two documents on a server that has one: `ci_id_tokens_issuer_url` (GitLab 18.1).",
      },
    ],
  },
  {
    id: "idp-comm",
    match: { kind: "service", code: /^IDPCommunicationError/ },
    title: "IDPCommunicationError",
    verdict: "AWS could not reach {iss}, the identity provider",
    causes: [
      {
        id: "slow-issuer",
        reason: "{domain} was briefly down, slow or rate-limiting.",
        fix: "Retry the job; if it recurs, check that {iss}/oauth/discovery/keys answers from the Internet within 5 s.",
      },
    ],
  },
  {
    id: "bad-signature",
    match: { kind: "service", code: INVALID_TOKEN, message: /^Token signature invalid/ },
    title: "Token signature invalid",
    verdict: "AWS refused the token: its signature does not match the keys of {iss}",
    causes: [
      {
        id: "altered-token",
        reason: "The token was altered in transit: cut, wrapped into lines, or decoded and encoded again.",
        fix: UNCHANGED_TOKEN_FIX,
      },
      {
        id: "other-keys",
        reason:
          "The published keys are not those of this instance: replaced, or of another instance with this URL.",
        fix: "curl -s {iss}/oauth/discovery/keys   # compare with the instance's own keys",
      },
    ],
  },
  {
    id: "not-a-jwt",
    match: { kind: "service", code: INVALID_TOKEN, message: /^The ID Token provided is not a valid JWT/ },
    title: "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    verdict: "AWS refused the token: it is not a JWT",
    causes: [
      {
        id: "not-an-id-token",
        reason:
          "An access token, `CI_JOB_TOKEN` or the name of a variable was passed instead of the ID token.",
        fix: NOT_AN_ID_TOKEN_FIX,
      },
    ],
  },
  {
    id: "lwa-misleading",
    match: {
      kind: "service",
      code: INVALID_TOKEN,
      message: /^Provided Token is not a Login With Amazon token/,
    },
    title: "Provided Token is not a Login With Amazon token",
    verdict:
      "AWS refused the token: it does not have the form of a JWT (this has nothing to do with Login With Amazon)",
    causes: [
      {
        id: "line-break",
        reason: "The token ends in a line break or a space, as `echo` into a file adds.",
        fix: `printf %s "$GITLAB_OIDC_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"`,
      },
      {
        id: "not-an-id-token",
        reason: "The variable is not an `id_tokens` key of this job, so its name itself was sent.",
        fix: NOT_AN_ID_TOKEN_FIX,
      },
    ],
  },
  {
    id: "future-iat",
    match: { kind: "service", code: INVALID_TOKEN, message: /^Token issued in the future/ },
    title: "Token issued in the future",
    verdict: "AWS refused the token: by AWS's clock it was issued in the future",
    topic: "clock",
    causes: [CLOCK_OF_GITLAB],
  },
  {
    id: "nbf",
    match: { kind: "service", code: INVALID_TOKEN, message: /^Token not yet valid/ },
    title: "Token not yet valid: current date/time must be after or equal to the not-before date/time",
    verdict: "AWS refused the token: by AWS's clock it is not valid yet",
    topic: "clock",
    causes: [CLOCK_OF_GITLAB],
  },
  {
    id: "bad-times",
    match: { kind: "service", code: INVALID_TOKEN, message: /^Invalid timestamp in token claims/ },
    title: "Invalid timestamp in token claims",
    verdict: "AWS refused the token: one of its times is not a whole number of seconds",
    causes: [
      {
        id: "not-by-gitlab",
        reason:
          "GitLab does not issue such tokens: something in between rewrote it, or another program made it.",
        fix: UNCHANGED_TOKEN_FIX,
      },
    ],
  },
  {
    id: "bad-tags",
    match: { kind: "service", code: INVALID_TOKEN, message: /^principal_tags passed in claim/ },
    title: "principal_tags passed in claim is not in correct format",
    verdict: "AWS refused the token: its session tags are malformed",
    causes: [
      {
        id: "tags-claim",
        reason:
          "The claim `https://aws.amazon.com/tags` does not have the form that STS wants: one text per list.",
        fix: '{"principal_tags": {"team": ["shop"]}, "transitive_tag_keys": ["team"]}',
      },
    ],
  },
  {
    id: "expired",
    match: { kind: "service", code: /^ExpiredToken/, message: /^Token expired/ },
    title: "Token expired: current date/time must be before the expiration date/time",
    verdict: "AWS refused the token: it has expired",
    causes: [LATE_EXCHANGE],
  },
  {
    id: "too-old",
    match: { kind: "service", code: /^ExpiredToken/, message: /^Token too old/ },
    title: "Token too old",
    verdict: "AWS refused the token: it was issued too long ago, at {issuedAt}",
    causes: [LATE_EXCHANGE],
  },
];
