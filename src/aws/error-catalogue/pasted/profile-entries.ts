import type { PastedEntry } from "./pasted-entry.ts";

/** What tools say of profiles, and of users and factors that no job has. */
export const PROFILE_ENTRIES: readonly PastedEntry[] = [
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
      /[Uu]nable to parse config file: ?\S*\.aws\/|botocore\.exceptions\.(?:ConfigParseError|InvalidConfigError)/,
      /The source[_ ]profile "[^"]{1,100}" (?:must have credentials|referenced in)/,
      /\bSharedConfig(?:Err|AssumeRoleError|LoadError|ParseError)/,
      /both source_profile and credential_source are specified|source profile has no shared credentials/,
    ],
    title: "Unable to parse config file",
    verdict: "The file of AWS profiles that the job has is not valid",
    causes: [
      {
        id: "malformed",
        reason:
          "It was put together in the script: a heading, a name or the indentation is wrong, or a variable was empty.",
        fix: "Look at its headings and names in the job, without any value: `grep -ohE '^ *(\\[[^]]*\\]|[a-z_]+ *=)' ~/.aws/config ~/.aws/credentials`",
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
];
