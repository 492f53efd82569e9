import { HAND_ON } from "./assuming-entries.ts";
import { onlyIfItSays, type PastedEntry, unlessItSays } from "./pasted-entry.ts";
import { PROFILE_ENTRIES } from "./profile-entries.ts";
import { TOKEN_FILE_ENTRIES } from "./token-file-entries.ts";

/** What tools say about the credentials that they have or lack. */
export const CREDENTIAL_ENTRIES: readonly PastedEntry[] = [
  ...TOKEN_FILE_ENTRIES,
  {
    id: "chain-creds",
    words: [
      /\b(?:InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|AuthFailure)\b/,
      /The AWS Access Key Id you provided does not exist in our records/i,
      /security token included in the request is invalid/,
      /AWS was not able to validate the provided access credentials/,
      /The provided token is malformed or otherwise invalid/,
    ],
    title: "The security token included in the request is invalid",
    verdict: "AWS does not know these credentials",
    meaning: "The keys of a session (ASIA…) work only with their session token.",
    causes: [
      {
        id: "token-dropped",
        reason:
          "The tool got the two keys without the session token: its settings, or its container, have only those two.",
        fix: "Pass AWS_SESSION_TOKEN too (Terraform: `token`; Docker: -e AWS_SESSION_TOKEN), or remove keys from the tool's settings.",
      },
      {
        id: "other-credentials",
        reason:
          "Credentials from several sources are mixed: a CI/CD variable takes precedence over the one from the credential job.",
        fix: "Remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_SECURITY_TOKEN from the CI/CD variables.",
      },
      {
        id: "deleted-key",
        reason: "A stored access key (AKIA…) was deactivated or deleted.",
        fix: "Remove it; a job that gets its credentials with the ID token needs no stored key.",
      },
      {
        id: "other-region",
        reason:
          "The account has not opted in to the Region, or the Region belongs to another partition (China, GovCloud).",
        fix: "Set the input `region` to a Region of the account, and omit `sts-endpoint`: opt-in Regions refuse tokens from the global endpoint.",
      },
    ],
  },
  {
    id: "chain-expired",
    words: [
      /\bExpiredToken(?:Exception)?\b(?!.{0,200}Token (?:expired|too old))/,
      /\bRequestExpired\b/,
      /security token included in the request is expired/,
      /The provided token has expired|the refreshed credentials are still expired/,
    ],
    title: "The security token included in the request is expired",
    verdict: "The session has ended: AWS refused {operation}, because its credentials have expired",
    causes: [
      {
        id: "session-over",
        reason:
          "The job ran, or waited for someone, longer than the credentials last: `duration-seconds`, an hour unless set.",
        fix:
          "Retry the credential job, then this one. For jobs that take longer: raise `duration-seconds` (up to the role's maximum), " +
          "or use the component `web-identity`: the tool itself then fetches new credentials for as long as the ID token is valid.",
      },
      {
        id: "chained-hour",
        reason:
          "A role chaining session lasts one hour at most, whatever the role allows. That includes CDK's or Terraform's own role.",
        fix: "Keep the part of the job that uses it under an hour, or assume the second role directly with the ID token.",
      },
      {
        id: "stale-credentials",
        reason:
          "Old credentials are used instead of the new ones: a profile, a file in a cache, CI/CD variables.",
        fix: "Unset AWS_PROFILE, keep ~/.aws out of `cache`, and remove AWS_SESSION_TOKEN from the CI/CD variables.",
      },
    ],
  },
  ...PROFILE_ENTRIES,
  {
    id: "partial-credentials",
    words: [/Partial credentials found in (?<source>[\w-]+), missing: (?<missing>\w+)/],
    title: "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
    verdict: "The tool found only part of the credentials: {missing} is missing",
    causes: [
      {
        id: "protected-variable",
        reason:
          "One of the variables is not set in this job: a CI/CD variable that is protected or limited to an environment.",
        fix: "Remove stored AWS_… keys from the CI/CD variables, so that all values come from the credential job.",
      },
    ],
  },
  {
    id: "bad-signature-keys",
    words: [
      /The request signature we calculated does not match the signature you provided/,
      /IncompleteSignature\w*|Credential must have exactly 5 slash-delimited elements/,
      /Invalid header value b['"]AWS4-HMAC-SHA256/,
    ],
    title: "The request signature we calculated does not match the signature you provided",
    verdict: "The secret access key does not belong to the key id, or contains extra characters",
    causes: [
      {
        id: "white-space",
        reason: "A line break, space or quote was copied along with the value.",
        fix: "Store it again without that. Better: take the credentials from the credential job, and remove the stored AWS_… variables.",
      },
      {
        id: "mixed",
        reason:
          "The key id and the secret come from two places: one from a CI/CD variable, the other from the credential job.",
        fix: "Remove AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the CI/CD variables.",
      },
    ],
  },
  {
    id: "no-credentials",
    words: [
      /[Uu]nable to (?:locate|load)(?: AWS)? credentials|NoCredentials(?:Error)?\b/,
      /Could not load credentials from any providers|CredentialsProviderError/,
      /[Nn]o valid credential sources(?: for Terraform AWS Provider)? found/,
      /NoCredentialProviders|no EC2 IMDS role found|failed to retrieve credentials/,
      /Missing credentials in config|AWS provider credentials not found|AWS credentials (?:missing|were not found)/i,
      /no credentials have been configured|AWS credentials could not be obtained/,
      /[Uu]nable to resolve AWS account to use|Need to perform AWS calls for account/,
      /unable to validate AWS AccessKeyID|Could not find AWS credentials|Unable to get IAM security credentials/i,
      /no providers in chain provided credentials|the credential provider was not enabled|CredentialsNotLoaded/,
      /(?:connect|dial|timeout|refused|EHOSTDOWN|EHOSTUNREACH)\b.{0,80}169\.254\.(?:169\.254|170\.2)|169\.254\.(?:169\.254|170\.2)\b.{0,80}(?:timed? ?out|refused|unreachable)/i,
      /Cannot retrieve credentials from|Error when retrieving credentials from/,
      /static credentials are empty|EmptyStaticCreds|Error retrieving credentials from the instance profile metadata|Failed to resolve AWS credentials/,
    ],
    title: "CredentialsProviderError: Could not load credentials from any providers",
    verdict: "The job has no AWS credentials that this tool can find",
    causes: [
      {
        id: "not-needed",
        reason:
          "The job does not get the credential job's report: no `needs` on it, `dependencies: []`, or both in one stage.",
        fix: HAND_ON,
      },
      {
        id: "backend",
        reason:
          "In Terraform the provider and the backend read credentials separately, and each may have its own profile.",
        fix: "Remove `profile`, `access_key` and `shared_credentials_files` from the provider and `backend`; both read the environment.",
        likelihood: onlyIfItSays(/terraform/i),
      },
      {
        id: "other-container",
        reason: "The tool runs in a different container from the script: `docker run`, a service, a build.",
        fix: "Pass on AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION:\ndocker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY -e AWS_SESSION_TOKEN -e AWS_REGION <image>",
      },
      {
        id: "prefix",
        reason:
          "The credentials have a prefix (input `variable-prefix`), or AWS_PROFILE is set and takes precedence.",
        fix: "Set AWS_ACCESS_KEY_ID and the others from the prefixed variables, and unset AWS_PROFILE.",
        likelihood: unlessItSays(/terraform/i),
      },
    ],
  },
];
