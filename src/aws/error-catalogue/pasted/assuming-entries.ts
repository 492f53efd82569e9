import { type PastedEntry, unlessItSays, whereItSays } from "./pasted-entry.ts";

/** How a job gets credentials. */
export const HAND_ON =
  "Let the job name the credential job, or make its own session:\nneeds: [assume-role]\nextends: .aws_web_identity   # of the component `web-identity`, in place of `needs`";

/** What tools say that assume a role by themselves. */
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
    // CDK goes on with the credentials of the job, and may well succeed.
    when: ({ text }) => !/\bDeployment time: (?!.*(?:\u274c|\bfailed\b))/.test(text),
    title: "IAM Role (…) cannot be assumed",
    verdict: "The tool could not assume {roleArn}, and these lines do not say why",
    meaning:
      "It is the tool itself that assumes this role, with the credentials of the job: by `assume_role` in Terraform, and CDK its bootstrap roles.",
    causes: [
      {
        id: "told-below",
        reason: "The reason stands in the lines that follow, with a code such as AccessDenied.",
        fix: "Explain those lines too; and look who asks:\naws sts get-caller-identity   # in the job: must print the role of the credential job",
      },
      {
        id: "bootstrap-roles",
        reason:
          "The bootstrap roles of CDK trust the account that `cdk bootstrap` was told, and the job's role must be allowed to assume them.",
        fix: 'Add to a permissions policy of the job\'s role:\n{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{roleArn}"}',
        likelihood: whereItSays(/role\/cdk-/),
      },
      {
        id: "no-first-credentials",
        reason: "The job has no credentials, or old ones, to assume the role with.",
        fix: HAND_ON,
      },
      {
        id: "assumed-twice",
        reason: "The credentials are those of this role already.",
        fix: "Take `assume_role` out of provider and backend in the pipeline, or name the first role in `role-arn`.",
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
        reason: "Where there is such a block, the provider does not look for AWS_WEB_IDENTITY_TOKEN_FILE.",
        fix: "Take the block out: without it the provider reads AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, which `.aws_web_identity` sets.",
      },
    ],
  },
];
