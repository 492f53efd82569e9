import { onlyIfItSays, type PastedEntry } from "./pasted-entry.ts";

/** What tools say of the ID token, its file, and what else the exchange needs. */
export const TOKEN_FILE_ENTRIES: readonly PastedEntry[] = [
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
      /minimum field size of \d+, AssumeRole\w*Input\.(?<argument>RoleArn|RoleSessionName)/,
      /\b(?<argument>(?:AWS_)?ROLE_ARN)\b.{0,20}(?:unbound variable|parameter (?:null or )?not set|is not set)/,
      /Value '' at '(?<argument>roleArn|roleSessionName)' failed to satisfy/,
    ],
    title: "Invalid length for parameter RoleArn, value: 0, valid min length: 20",
    verdict: "The command got no value for {argument}, or one that is too short",
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
    id: "missing-option",
    words: [/arguments are required: [^\n]*?(?<argument>--role-arn|--role-session-name)/],
    title: "the following arguments are required: --role-arn",
    verdict: "The command has no option {argument}",
    meaning: "The trust policy has no part in this.",
    causes: [
      {
        id: "continued-line",
        reason: "The option begins a new line, and the line before it does not end in a backslash.",
        fix: "End every line of the command but the last in `\\`, with nothing after it.",
      },
      {
        id: "left-out",
        reason: "The command was written without it, or the variable that holds the options is empty.",
        fix: "Add it. `aws sts assume-role-with-web-identity` needs `--role-arn`, `--role-session-name` and `--web-identity-token`.",
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
    words: [
      /\bopen \/\S*(?:token|jwt)\S*: permission denied/i,
      /(?:Errno 13\] Permission denied: |EACCES: permission denied, open )["'][^"'\n]*(?:token|jwt)/,
    ],
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
];
