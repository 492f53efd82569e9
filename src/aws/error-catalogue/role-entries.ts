import { type CatalogueEntry, onGitlabCom, unlessGitlabCom } from "./entry.ts";

const NO_PROVIDER_ID_FIX = "Remove `--provider-id` or `ProviderId` from the call.";

/** Refusals by the role: its trust policy, and what the session may not have. */
export const ROLE_ENTRIES: readonly CatalogueEntry[] = [
  {
    id: "trust-denied",
    match: { kind: "service", code: /^AccessDenied/, message: /perform:? sts:AssumeRoleWithWebIdentity/ },
    title: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    verdict:
      "AWS refused: the trust policy of {roleName} does not admit this job, or the role does not exist",
    meaning:
      "AWS says the same when the role does not exist. It checks the token's signature and times first.",
    topic: "trust-policy",
    causes: [
      {
        id: "other-project",
        settledBy: "trust-policy",
        reason:
          "OIDC is not configured for this project: the trust policy names another project or provider.",
        fix: "aws iam get-role --role-name {$roleName} --query Role.AssumeRolePolicyDocument   # for `doctor --trust-policy`",
      },
      {
        id: "other-ref",
        settledBy: "trust-policy",
        reason: "The role is restricted to another branch or tag; this job runs for {ref}.",
        fix: "Run the job where the role expects it. Admit its ref in the condition on `{host}:sub` only if it should have the role.",
      },
      {
        id: "eq-wildcard",
        settledBy: "trust-policy",
        reason: "`StringEquals` is used with a wildcard, which it takes literally.",
        fix: "Write the value in full; use `StringLike` only to admit everything that matches the wildcard.",
      },
      {
        id: "role-missing",
        reason: "Account {accountId} has no such role: path, name and case matter.",
        fix: "aws iam get-role --role-name {$roleName} --query Role.Arn   # must print {roleArn}",
      },
      {
        id: "other-audience",
        settledBy: "trust-policy",
        reason: "The condition on `{host}:aud` is not `{aud}`.",
        fix: "Change that condition, or the input `audience`.",
      },
      {
        id: "pinned-claim",
        settledBy: "trust-policy",
        reason:
          "A condition on `gitlab.com:project_id`, `namespace_id` or `ref_protected` wants a different value from this token's.",
        fix: "Compare the policy with the ids above: a project that was moved or created again has new ones.",
        likelihood: onGitlabCom,
      },
      {
        id: "unavailable-key",
        settledBy: "trust-policy",
        reason: "A condition tests a claim other than `aud` or `sub`: for this issuer STS offers no others.",
        fix: "Put the claim into `sub` (`ci_id_token_sub_claim_components` of the project), and test `{host}:sub`.",
        likelihood: unlessGitlabCom,
      },
      {
        id: "propagation",
        reason: "The role or policy was created seconds ago.",
        fix: "Retry the job, or wait with the input `propagation-wait-seconds: 15`.",
      },
      {
        id: "unseen-policy",
        reason:
          "A policy outside the role forbids it: one of the AWS organization (RCP) or of a VPC endpoint.",
        fix: "Ask whoever runs the organization; account {accountId}'s CloudTrail has the event AssumeRoleWithWebIdentity.",
      },
    ],
  },
  {
    id: "tag-denied",
    match: { kind: "service", code: /^AccessDenied/, message: /^Not authorized to perform:? sts:TagSession/ },
    title: "Not authorized to perform sts:TagSession",
    verdict:
      "AWS refused: the token carries session tags, which the trust policy of {roleName} does not allow",
    topic: "trust-policy",
    causes: [
      {
        id: "action-missing",
        settledBy: "trust-policy",
        reason:
          "The claim `https://aws.amazon.com/tags` asks for session tags; the trust policy lacks `sts:TagSession`.",
        fix: 'Add it to the statement: "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]',
      },
    ],
  },
  {
    id: "source-identity-denied",
    match: {
      kind: "service",
      code: /^AccessDenied/,
      message: /^Not authorized to perform:? sts:SetSourceIdentity/,
    },
    title: "Not authorized to perform sts:SetSourceIdentity",
    verdict:
      "AWS refused: the token carries a source identity, which the trust policy of {roleName} does not allow",
    topic: "trust-policy",
    causes: [
      {
        id: "action-missing",
        settledBy: "trust-policy",
        reason:
          "The claim `https://aws.amazon.com/source_identity` is set; the trust policy lacks `sts:SetSourceIdentity`.",
        fix: 'Add it to the statement: "Action": ["sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity"]',
      },
    ],
  },
  {
    id: "duration-max",
    match: { kind: "service", code: /^ValidationError$/, message: /exceeds the MaxSessionDuration/ },
    title: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role",
    verdict: "AWS refused the duration: {durationSeconds} seconds is more than the role {roleName} allows",
    causes: [
      {
        id: "duration",
        reason: "A role allows one hour unless configured for more, up to twelve.",
        fix:
          "Lower the input `duration-seconds`, or raise the role's maximum:\n" +
          "aws iam update-role --role-name {$roleName} --max-session-duration {$durationSeconds}",
      },
    ],
  },
  {
    id: "duration-range",
    match: {
      kind: "service",
      code: /^ValidationError$/,
      message: /Value '(?<value>[^']*)' at 'durationSeconds' failed/,
    },
    title: "Value at 'durationSeconds' failed to satisfy constraint",
    verdict: "AWS refused the duration: {value} seconds is outside 900 to 43200",
    causes: [
      {
        id: "duration",
        reason: "A session lasts from 15 minutes to 12 hours.",
        fix: "Set the input `duration-seconds` to a value from 900 to 43200.",
      },
    ],
  },
  {
    id: "session-name",
    match: {
      kind: "service",
      code: /^ValidationError$/,
      message: /Value '(?<value>[^']*)' at 'roleSessionName' failed/,
    },
    title: "Value at 'roleSessionName' failed to satisfy constraint",
    verdict: "AWS refused the role session name {value}",
    causes: [
      {
        id: "session-name",
        reason:
          "It may have 2 to 64 letters, digits and `_+=,.@-`; paths and many branch names have slashes.",
        fix: "Omit the input `session-name`, or write it without slashes, colons and spaces.",
      },
    ],
  },
  {
    id: "bad-arn",
    match: {
      kind: "service",
      code: /^ValidationError$/,
      message: /'roleArn' failed|^(?:Request ARN|\S*) is invalid/,
    },
    title: "Request ARN is invalid",
    verdict: "AWS refused the role ARN, which is not valid: {roleArn}",
    causes: [
      {
        id: "arn",
        reason: "The ARN is empty or incomplete, or a variable in it was not expanded.",
        fix: "Write it in full: arn:aws:iam::<12 digits of the account>:role/<path and name>",
      },
    ],
  },
  {
    id: "policy-malformed",
    match: {
      kind: "service",
      code: /^MalformedPolicyDocument/,
      message: /^(?!.*(?:principal in policy|trust policy|gitlab\.com))/i,
    },
    title: "MalformedPolicyDocument",
    verdict: "AWS refused the session policy: {message}",
    causes: [
      {
        id: "session-policy",
        reason: "The session policy is not a valid IAM policy; STS's message names the defect.",
        fix: "aws accessanalyzer validate-policy --policy-type IDENTITY_POLICY --policy-document file://policy.json",
      },
    ],
  },
  {
    id: "packed",
    match: { kind: "service", code: /^PackedPolicyTooLarge/ },
    title: "Packed size of session tags consumes … of allotted space",
    verdict: "AWS refused the session: together, its policies and tags are too large",
    causes: [
      {
        id: "size",
        reason: "STS packs session policies and tags into one limited space, and says how full it is.",
        fix: "Shorten the session policy, name fewer managed policies, or pass fewer and shorter tags.",
      },
    ],
  },
  {
    id: "provider-id-sent",
    match: { kind: "service", code: /^AccessDenied/, message: /Unrecognized OAuth provider/ },
    title: "Unrecognized OAuth provider. Do not include a provider parameter",
    verdict: "AWS refused: the request names an OAuth provider, which OpenID Connect must not",
    causes: [
      {
        id: "provider-id",
        reason: "`ProviderId` was sent; it is for Login with Amazon and Facebook only.",
        fix: NO_PROVIDER_ID_FIX,
      },
    ],
  },
  {
    id: "idp-rejected",
    match: { kind: "service", code: /^IDPRejectedClaim/ },
    title: "IDPRejectedClaim",
    verdict: "AWS refused: the identity provider rejected the token",
    causes: [
      {
        id: "provider-id",
        reason: "STS asks only Login with Amazon and Facebook; a `ProviderId` was sent.",
        fix: NO_PROVIDER_ID_FIX,
      },
    ],
  },
];
