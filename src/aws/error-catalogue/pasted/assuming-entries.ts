import { type PastedEntry, unlessItSays, whereItSays } from "./pasted-entry.ts";

/** How a job gets credentials. */
export const HAND_ON =
  "Name the credential job in `needs`, or let the job create its own session:\nneeds: [assume-role]\nextends: .aws_web_identity   # from the component `web-identity`, instead of `needs`";

/** What tools say when they assume a role themselves. */
export const ASSUMING_ENTRIES: readonly PastedEntry[] = [
  {
    id: "role-not-assumed",
    words: [
      /\bThe role "arn:[^"]+" cannot be assumed/,
      /\bIAM Role \(arn:[^)]+\) cannot be assumed/,
      /\bCannot assume IAM Role\b/,
      /current credentials could not be used to assume 'arn:[^']+'/,
      /Could not assume role in target account using current credentials/,
    ],
    // CDK continues with the job's credentials, and may well succeed.
    when: ({ text }) => !/\bDeployment time: (?!.*(?:\u274c|\bfailed\b))/.test(text),
    title: "IAM Role (…) cannot be assumed",
    verdict: "The tool could not assume {roleArn}, and these lines do not say why",
    meaning:
      "The tool itself assumes this role, with the job's credentials: Terraform through `assume_role`, CDK its bootstrap roles.",
    causes: [
      {
        id: "told-below",
        reason: "The reason is in the lines that follow, with a code such as AccessDenied.",
        fix: "Explain those lines too, and check who the job is:\naws sts get-caller-identity   # in the job: must print the role of the credential job",
      },
      {
        id: "bootstrap-roles",
        reason:
          "CDK's bootstrap roles trust the account given to `cdk bootstrap`, and the job's role must be allowed to assume them.",
        fix: 'Add to a permissions policy of the job\'s role:\n{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{roleArn}"}',
        likelihood: whereItSays(/role\/cdk-/),
      },
      {
        id: "no-first-credentials",
        reason: "The job has no credentials, or expired ones, to assume the role with.",
        fix: HAND_ON,
      },
      {
        id: "assumed-twice",
        reason: "The credentials already belong to this role.",
        fix: "Remove `assume_role` from the provider and backend in the pipeline, or name the first role in `role-arn`.",
        likelihood: unlessItSays(/role\/cdk-/),
      },
    ],
  },
  {
    id: "terraform-web-identity",
    words: [/assume_role_with_web_identity\.0\.web_identity_token_file["`,]/],
    title:
      "assume_role_with_web_identity: one of web_identity_token, web_identity_token_file must be specified",
    verdict: "Terraform wants the token in its block `assume_role_with_web_identity`, which has none",
    causes: [
      {
        id: "empty-block",
        reason: "With such a block, the provider does not look at AWS_WEB_IDENTITY_TOKEN_FILE.",
        fix: "Remove the block: without it the provider reads AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, which `.aws_web_identity` sets.",
      },
    ],
  },
];
