import { HAND_ON } from "./assuming-entries.ts";
import { onlyIfItSays, type PastedEntry, unlessItSays } from "./pasted-entry.ts";

/** What tools say about the credentials that they have or lack. */
export const CREDENTIAL_ENTRIES: readonly PastedEntry[] = [
  {
    id: "no-id-token",
    words: [
      /parameter WebIdentityToken, value: (?:None|0,)/,
      /minimum field size of \d+, AssumeRoleWithWebIdentityInput\.WebIdentityToken/,
      /arguments are required: [^\n]*--web-identity-token/,
      /(?:Value '' at|at) 'webIdentityToken' failed to satisfy constraint: Member must (?:have length|not be null)/,
      /argument --web-identity-token: expected one argument/,
      /(?:WEB_IDENTITY_TOKEN(?:_FILE)?|web.identity.token|OIDC_TOKEN|CI_JOB_JWT\w*)\b.{0,40}(?:unbound variable|parameter (?:not set|null or not set))/i,
    ],
    title: "Invalid type for parameter WebIdentityToken, value: None",
    verdict: "The job has no ID token: the tool had nothing to send to STS",
    causes: [
      {
        id: "no-id-tokens",
        reason: "This job declares no `id_tokens`; those of another job do not count.",
        fix: "id_tokens:\n  GITLAB_OIDC_TOKEN:\n    aud: $CI_SERVER_URL",
      },
      {
        id: "other-name",
        reason:
          "The tool reads a different variable from the one in `id_tokens` (`CI_JOB_JWT_V2` is gone since GitLab 17.0).",
        fix: "Give the tool the variable that `id_tokens` declares.",
      },
    ],
  },
  {
    id: "empty-argument",
    words: [
      /parameter (?<argument>RoleArn|RoleSessionName), value: (?:None|\d+, valid)/,
      /argument (?<argument>--role-arn|--role-session-name): expected one argument/,
      /arguments are required: [^\n]*(?<argument>--role-arn|--role-session-name)/,
      /minimum field size of \d+, AssumeRole\w*Input\.(?<argument>RoleArn|RoleSessionName)/,
      /\b(?<argument>(?:AWS_)?ROLE_ARN)\b.{0,20}(?:unbound variable|parameter (?:null or )?not set|is not set)/,
      /Value '' at '(?<argument>roleArn|roleSessionName)' failed to satisfy/,
    ],
    title: "Invalid length for parameter RoleArn, value: 0, valid min length: 20",
    verdict: "The command got no value for {argument}: a variable is empty in this job",
    meaning: "The trust policy has no part in this.",
    causes: [
      {
        id: "protected-variable",
        reason:
          "The CI/CD variable is protected and this branch or tag is not, or it belongs to another environment.",
        fix: "Clear the box `Protect variable` for it, since an ARN is no secret; compare its environment scope with the job's `environment`.",
      },
      {
        id: "not-set",
        reason: "The name is misspelt, or the variable is set in another job or another project.",
        fix: 'Set it in the job\'s `variables` or in Settings > CI/CD > Variables, and look at it in the job: `echo "$ROLE_ARN"`',
      },
    ],
  },
  {
    id: "java-sts-module",
    words: [/(?:'sts' service|aws-java-sdk-sts) module must be on the class path/],
    title: "To use web identity tokens, the 'sts' service module must be on the class path",
    verdict: "The Java program cannot use the ID token, because its SDK lacks the module for STS",
    causes: [
      {
        id: "module",
        reason: "The SDK for Java exchanges a token only with a module that programs have to add.",
        fix: "Add the dependency software.amazon.awssdk:sts (SDK 1: com.amazonaws:aws-java-sdk-sts) at run time, or use `assume-role`, whose keys need no exchange.",
      },
    ],
  },
  {
    id: "token-file-missing",
    words: [
      /Unable to locate specified web identity token file/,
      /(?:WebIdentityErr|failed fetching WebIdentity token|unable to read file at|web_identity_token_file|WebIdentityToken\w*|token.file).{0,160}(?:no such file or directory|ENOENT|FileNotFound|NoSuchFileException)/i,
      /(?:no such file or directory|ENOENT|No such file).{0,80}(?:web.identity|oidc|jwt)[\w.-]*(?:token|jwt)?/i,
    ],
    title: "failed fetching WebIdentity token: no such file or directory",
    verdict: "The file in AWS_WEB_IDENTITY_TOKEN_FILE does not exist",
    causes: [
      {
        id: "before-script",
        reason:
          "Nothing wrote the file in this job: the job's own `before_script` replaces the one that does.",
        fix: "before_script:\n  - !reference [.aws_web_identity, before_script]",
      },
      {
        id: "other-container",
        reason:
          "The tool runs in another container, which cannot see the file: `docker run`, a service, a Kubernetes pod.",
        fix: "Pass it the file's folder and the variables AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE.",
      },
    ],
  },
  {
    id: "token-file-unreadable",
    words: [/(?:web.identity|retrieve jwt|serviceaccount\/token).{0,240}(?:permission denied|EACCES)/i],
    title: "failed to retrieve jwt from provide source: permission denied",
    verdict: "The job's user may not read the file in AWS_WEB_IDENTITY_TOKEN_FILE",
    causes: [
      {
        id: "of-the-pod",
        reason:
          "On Kubernetes it is the service account's token of the runner's pod, which only root or the group of `fsGroup` can read.",
        fix: "Use the job's own token, which overrides that one: extends: .aws_web_identity. Or set `fs_group` in the pod_security_context of the runner.",
        likelihood: onlyIfItSays(/serviceaccount/),
      },
      {
        id: "other-user",
        reason:
          "Another user wrote it: the script by `sudo`, an earlier job, or a container that runs as root.",
        fix: "Write and read it as the same user, in a folder of this job.",
      },
    ],
  },
  {
    id: "mfa-profile",
    words: [
      /MultiFactorAuthentication failed|AssumeRoleTokenProviderNotSet|Enter MFA code for|requires? MFA token/i,
    ],
    title: "MultiFactorAuthentication failed",
    verdict: "The profile or the role asks for a second factor (MFA), which no job can give",
    causes: [
      {
        id: "mfa-profile",
        reason: "The job uses a profile made for people, with `mfa_serial`, or stored keys of a person.",
        fix: "Remove the profile and the keys from the job, and let it exchange its ID token for a role.",
      },
    ],
  },
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
  {
    id: "sso-session",
    words: [
      /SSO session (?:associated with this profile )?(?:has expired|token|is invalid)/i,
      /Error loading SSO Token|Token has expired and refresh failed|aws sso login/i,
    ],
    title: "The SSO session associated with this profile has expired or is otherwise invalid",
    verdict: "The tool uses a profile of IAM Identity Center (SSO), which needs a person to sign in",
    causes: [
      {
        id: "sso-profile",
        reason:
          "The job names a profile made for a laptop: in AWS_PROFILE, `--profile` or the tool's settings.",
        fix: "Remove the profile in the job, so that the tool reads the credentials from the environment.",
      },
    ],
  },
  {
    id: "profile-missing",
    words: [
      /config profile \([^)]*\) could not be found/,
      /AWS profile "[^"]*" doesn't seem to be configured/,
      /failed to get shared config profile/,
      /\bProfile ['"`]?[\w.@/-]+['"`]? (?:could not be found|does not exist|not found|was not found)/i,
      /Could not resolve credentials using profile: \[|could not find profile \[/,
      /contained no credentials for profile '(?!default')/,
    ],
    title: "The config profile (…) could not be found",
    verdict: "The tool looks for the profile {profile}, which this job does not have",
    causes: [
      {
        id: "named-profile",
        reason:
          "AWS_PROFILE, `--profile` or a file of the tool names it: `profile` in serverless.yml, samconfig.toml, the provider or backend.",
        fix: "Remove it there, so that the tool reads the credentials from the environment:\nunset AWS_PROFILE",
      },
      {
        id: "input-profile",
        reason: "The tool needs a profile.",
        fix: "Let the component create it: input `profile` of `web-identity`.",
      },
    ],
  },
  {
    id: "config-file",
    words: [
      /only one credential type may be specified per profile/,
      /[Uu]nable to parse config file|ConfigParseError/,
      /The source[_ ]profile "[^"]{1,100}" (?:must have credentials|referenced in)/,
      /InvalidConfigError|SharedConfig(?:Err|AssumeRoleError|LoadError|ParseError)/,
      /both source_profile and credential_source are specified|source profile has no shared credentials/,
    ],
    title: "Unable to parse config file",
    verdict: "The file of AWS profiles that the job has is not valid",
    causes: [
      {
        id: "malformed",
        reason:
          "It was put together in the script: a heading, a name or the indentation is wrong, or a variable was empty.",
        fix: "Look at it in the job, without the keys: `grep -v -E 'secret|token *=' ~/.aws/config ~/.aws/credentials`",
      },
      {
        id: "two-kinds",
        reason:
          "A profile has two kinds of credentials, such as `source_profile` beside `web_identity_token_file`, or names a profile without any.",
        fix: "Leave one. The component `web-identity` writes a correct file: inputs `profile` and `chained-role-arn`.",
      },
    ],
  },
  {
    id: "root-caller",
    words: [/Roles may not be assumed by root accounts/],
    title: "Roles may not be assumed by root accounts",
    verdict: "The job has an access key of the account's root user, which cannot assume roles",
    causes: [
      {
        id: "root-key",
        reason: "A stored key of the root user takes precedence. It can do everything in the account.",
        fix: "Delete that key in the account's security credentials, remove it from the CI/CD variables, and let the job exchange its ID token.",
      },
    ],
  },
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
