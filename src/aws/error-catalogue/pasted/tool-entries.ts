import { isOfSts, onlyIfItSays, type PastedEntry, unlessItSays, whereItSays } from "./pasted-entry.ts";

const LOG_IN =
  "aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {registry}";

/** Regions, registries and clusters: where tools that use the credentials fail. */
export const TOOL_ENTRIES: readonly PastedEntry[] = [
  {
    id: "no-region",
    words: [
      /Region is missing|Missing region in config|ConfigError: Missing region/,
      /You must specify a region|NoRegionError|MissingRegion|could not find region configuration/,
      /Missing required argument.{0,200}"region"|[Ii]nvalid AWS Region:(?= *(?:$|with|on ))|an AWS region is required/i,
      /Unable to load region from any of the providers|Unable to find a region via the region provider chain/,
      /A region must be set when sending requests|Invalid Configuration: Missing Region/i,
      /\b[a-z][\w-]*\.\.amazonaws\.com|configuration options: .{0,40}region: \(string\)|"region" configuration value is required/,
      /failed to resolve service endpoint, an AWS region is required|No RegionEndpoint or ServiceURL configured/,
    ],
    title: "Region is missing",
    verdict: "The tool was given no Region",
    causes: [
      {
        id: "region",
        reason:
          "The JavaScript, Go and Java SDKs read AWS_REGION, the AWS CLI and Python AWS_DEFAULT_REGION; neither is set in this job.",
        fix: "Set the input `region`, which gives both; or in the job itself:\nvariables:\n  AWS_REGION: eu-central-1\n  AWS_DEFAULT_REGION: eu-central-1",
      },
    ],
  },
  {
    id: "bad-region",
    words: [
      /[Ii]nvalid AWS Region: ?(?<badRegion>[\w-]{2,})/,
      /Provided region_name '(?<badRegion>[^']{1,60})' doesn't match a supported format/,
    ],
    title: "invalid AWS Region",
    verdict: "There is no AWS Region called {badRegion}",
    causes: [
      {
        id: "misspelt",
        reason: "It is misspelt, has white space around it, or is an availability zone (eu-central-1a).",
        fix: "Correct the input `region`, AWS_REGION, AWS_DEFAULT_REGION or the tool's own setting: eu-central-1, not eu-central1.",
      },
    ],
  },
  {
    id: "other-account",
    words: [/(?:AWS account ID not allowed: |Account ID not allowed \()(?<actualAccount>\d{12})/i],
    title: "AWS account ID not allowed",
    verdict:
      "The credentials belong to account {actualAccount}, which the provider's `allowed_account_ids` or `forbidden_account_ids` excludes",
    causes: [
      {
        id: "other-role",
        reason:
          "The job has a different role from the one that you expect, stored keys, or those of the runner.",
        fix: "Compare with the account in `role-arn`, and check who the job is:\naws sts get-caller-identity",
      },
    ],
  },
  {
    id: "program-missing",
    words: [
      /(?:^|[\s:])(?<program>aws|jq|aws-iam-authenticator): (?:command )?not found/,
      /executable (?<program>aws|aws-iam-authenticator) not found/,
      /"(?<program>aws|aws-iam-authenticator)": executable file not found/,
      /fork\/exec \S*\/(?<program>aws|aws-iam-authenticator): no such file or directory/,
    ],
    title: "aws: command not found",
    verdict: "The job's image has no program `{program}`",
    causes: [
      {
        id: "image",
        reason: "A script calls it, or `kubectl` does for a login, but the image does not contain it.",
        fix: 'Install it in the image (Alpine: `apk add aws-cli jq`), or use one that has it:\nimage: { name: public.ecr.aws/aws-cli/aws-cli, entrypoint: [""] }',
      },
      {
        id: "not-needed",
        reason: "If the script needs it only to assume the role: the components do that without the AWS CLI.",
        fix: "See what they would replace:\nnode dist/aws-oidc.cjs migrate",
      },
    ],
  },
  {
    id: "other-region",
    words: [
      /the region '(?<wrong>[\w-]+)' is wrong; expecting '(?<right>[\w-]+)'/,
      /requested bucket from ["](?<wrong>[\w-]+)", actual location "(?<right>[\w-]+)"/,
      /\bPermanentRedirect\b|The bucket you are attempting to access must be addressed using the specified endpoint/,
      /IllegalLocationConstraintException|Incompatible location constraint|The specified location-constraint is not valid/i,
    ],
    title: "The bucket you are attempting to access must be addressed using the specified endpoint",
    verdict: "The bucket is in a different Region from the one in the request",
    causes: [
      {
        id: "bucket-region",
        reason:
          "The credentials are fine; the tool uses the wrong Region, from its own setting or the job's AWS_REGION.",
        fix: "aws s3api get-bucket-location --bucket <bucket>   # null is us-east-1; then set that Region in the tool, or in the input `region`",
      },
    ],
  },
  {
    id: "ecr-expired",
    words: [/authorization token has expired\.? ?Reauthenticate/i, /authorization token has expired/i],
    title: "denied: Your authorization token has expired. Reauthenticate and try again",
    verdict: "The login to the container registry has expired: an Amazon ECR login lasts 12 hours",
    causes: [
      {
        id: "old-login",
        reason:
          "The login comes from an earlier job: a Docker configuration in a cache, on the runner's machine, or in DOCKER_AUTH_CONFIG.",
        fix: `Log in again in this job:\n${LOG_IN}`,
      },
    ],
  },
  {
    id: "ecr-no-login",
    words: [
      /no basic auth credentials/,
      /credentials not found in native keychain/,
      /(?:dkr\.ecr|public\.ecr)\..{0,300}(?:401 Unauthorized|code 401; body: Not Authorized|authorization failed|unauthorized: (?:authentication required|Not Authorized)|no credentials)/i,
      /(?:401 Unauthorized|authorization failed|pull access denied|denied: requested access).{0,300}dkr\.ecr\./i,
      /pull access denied for \d{12}\.dkr\.ecr/,
    ],
    title: "no basic auth credentials",
    verdict: "Docker has no login for {registryName}",
    causes: [
      {
        id: "pulled-by-runner",
        reason:
          "The runner pulls the job's own `image` before any script runs, so a login in the job cannot help.",
        fix: "Give the runner a login: `DOCKER_AUTH_CONFIG` with the credential helper `ecr-login`, and a role for the runner's machine.",
        likelihood: whereItSays(
          /failed to pull image|Preparation failed|prepare environment|ImagePullBackOff|ErrImagePull/i,
        ),
      },
      {
        id: "helper",
        reason:
          "Docker asked the credential helper `ecr-login`, which found no AWS credentials, or a role that may not log in.",
        fix: "Pass the job's AWS_… variables to where the helper runs, and allow the role `ecr:GetAuthorizationToken`.",
        likelihood: whereItSays(/native keychain/),
      },
      {
        id: "no-login",
        reason:
          "This job has no login for this registry. A login is per host; one from another job, Region or account does not count.",
        fix: LOG_IN,
        likelihood: unlessItSays(/failed to pull image|Preparation failed|ImagePullBackOff|ErrImagePull/i),
      },
      {
        id: "other-home",
        reason:
          "The login is there, but another program reads it: kaniko or buildah in their own container, `sudo`, another HOME or DOCKER_CONFIG.",
        fix: "Log in in the same container and as the same user; kaniko: the credential helper `ecr-login` in /kaniko/.docker/config.json.",
        likelihood: unlessItSays(/failed to pull image|Preparation failed|ImagePullBackOff|ErrImagePull/i),
      },
    ],
  },
  {
    id: "ecr-helper-missing",
    words: [/docker-credential-ecr-login["'`]?:? .{0,40}not found/],
    title: "docker-credential-ecr-login: executable file not found in $PATH",
    verdict: "Docker's configuration names the credential helper `ecr-login`, which this image does not have",
    causes: [
      {
        id: "not-installed",
        reason:
          "`credsStore` or `credHelpers` in config.json, or DOCKER_AUTH_CONFIG, names a program that is not in PATH.",
        fix: `Install Amazon's credential helper, or remove that entry and log in:\n${LOG_IN}`,
      },
    ],
  },
  {
    id: "ecr-helper-login",
    words: [/storing credentials - err: exit status 1, out: `not implemented`/],
    title: "error storing credentials - err: exit status 1, out: `not implemented`",
    verdict: "docker login cannot store the login, because the credential helper `ecr-login` only reads",
    causes: [
      {
        id: "both",
        reason: "config.json names the helper, and the script logs in as well. One of the two is enough.",
        fix: "Remove `docker login` from the script: the helper gets a login by itself, from the job's AWS credentials.",
      },
    ],
  },
  {
    id: "ecr-forbidden",
    words: [
      /dkr\.ecr\.(?!.{0,300}(?:[Pp]roxy|Tunnel)).{0,300}403 Forbidden/,
      /\[\d{12}\.dkr\.ecr\..{0,900}Retrying in \d+ seconds?.{0,300}\bEOF\b/,
    ],
    title: "unexpected status from PUT request to https://….dkr.ecr….amazonaws.com: 403 Forbidden",
    verdict: "{registryName} refuses the request (403), and does not say why",
    causes: [
      {
        id: "ecr-permission",
        reason:
          "The role that logged in may not do this in the repository, or the repository does not exist. If it belongs to another account, its policy must admit the role too.",
        fix: "To pull: `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`. To push also `ecr:BatchCheckLayerAvailability`, `ecr:InitiateLayerUpload`, `ecr:UploadLayerPart`, `ecr:CompleteLayerUpload`, `ecr:PutImage`. Both sides show it:\naws sts get-caller-identity\naws ecr get-repository-policy --repository-name <repository>   # in the account of the registry",
      },
      {
        id: "full",
        reason: "If it was a push of a manifest: the repository may have reached its quota of images.",
        fix: "Remove old images, for example with a rule that expires them.",
        likelihood: onlyIfItSays(/\bPUT\b|push/i),
      },
      {
        id: "old-login",
        reason:
          "The login is another role's, or older than 12 hours: the answer to a HEAD request has no words for that.",
        fix: `Log in again in this job:\n${LOG_IN}`,
      },
    ],
  },
  {
    id: "codeartifact-login",
    words: [
      /\.d\.codeartifact\..{0,400}(?:\b401\b|E401|Unauthorized|status code 401)/,
      /(?:\b401\b|E401|Unauthorized|authentication token seems to be invalid).{0,400}\.d\.codeartifact\./,
    ],
    title: "401 Unauthorized from ….d.codeartifact.….amazonaws.com",
    verdict: "CodeArtifact does not accept the login of this job",
    causes: [
      {
        id: "no-login",
        reason:
          "The job has no token for CodeArtifact, or one that is over: it lasts 12 hours at most, or as long as the role's session.",
        fix: "Get one in this job, after the credentials:\naws codeartifact login --tool <tool> --domain <domain> --domain-owner <account> --repository <repository>",
      },
      {
        id: "other-file",
        reason:
          "The tool reads a different file from the one with the token: `.npmrc` or `settings.xml` of the project, or an empty variable.",
        fix: 'Give it the token by the variable that the file names: `export CODEARTIFACT_AUTH_TOKEN="$(aws codeartifact get-authorization-token --domain <domain> --query authorizationToken --output text)"`',
      },
    ],
  },
  {
    id: "ecr-empty-password",
    words: [
      /Cannot perform an interactive login from a non[- ]TTY device/i,
      /Error: (?:Password is empty|Must provide --username with --password-stdin)/i,
    ],
    title: "Cannot perform an interactive login from a non TTY device",
    verdict: "docker login got no password: the command before the pipe printed none",
    causes: [
      {
        id: "failed-before",
        reason:
          "`aws ecr get-login-password` failed, or is not installed; its own error is in the lines above.",
        fix: "Run it alone to see:\naws ecr get-login-password > /dev/null",
      },
    ],
  },
  {
    id: "ecr-no-repository",
    words: [
      /The repository with name '(?<repository>[^']*)' does not exist in the registry with id '(?<registryAccount>\d+)'/,
    ],
    title: "name unknown: The repository with name … does not exist in the registry",
    verdict: "Account {registryAccount} has no ECR repository {repository} in this Region",
    causes: [
      {
        id: "no-repository",
        reason:
          "A push does not create an ECR repository. The host's account and Region and the name must be those of an existing one.",
        fix: "aws ecr describe-repositories --repository-names {$repository} --registry-id {$registryAccount}",
      },
    ],
  },
  {
    id: "eks-unauthorized",
    words: [
      /You must be logged in to the server|the server has asked for the client to provide credentials/,
      /Kubernetes cluster unreachable: .{0,80}provide credentials/,
    ],
    title: "error: You must be logged in to the server (Unauthorized)",
    verdict: "The Kubernetes cluster does not know who asked",
    causes: [
      {
        id: "no-access-entry",
        reason:
          "On Amazon EKS: AWS gave a session, but the cluster has no access entry (or line in `aws-auth`) for its role.",
        fix: "Create an entry for the role, with only the rights in the cluster that the job needs:\naws eks create-access-entry --cluster-name <cluster> --principal-arn <role ARN>",
      },
      {
        id: "other-identity",
        reason:
          "The job has a different role from the one that the cluster admits, or the session has expired.",
        fix: "aws sts get-caller-identity   # in the job: must print the role of the access entry",
      },
    ],
  },
  {
    id: "kubeconfig-version",
    words: [/exec plugin.{0,60}client\.authentication\.k8s\.io\/v1alpha1/],
    title: 'exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"',
    verdict: "`kubectl` or Helm is newer than its configuration, which an old AWS CLI has written",
    causes: [
      {
        id: "old-kubeconfig",
        reason:
          "Since version 1.24, `kubectl` no longer reads v1alpha1, which the AWS CLI wrote before 1.24 and 2.7.",
        fix: "Update the AWS CLI in the image, and write the file again in the job:\naws eks update-kubeconfig --name <cluster>",
      },
    ],
  },
  {
    id: "kubernetes-forbidden",
    words: [
      /Error from server \(Forbidden\)/,
      /(?<what>User ".{1,200}?" cannot \w+ resource "[^"]*"(?: in API group "[^"]*")?(?: (?:in the namespace "[^"]*"|at the cluster scope))?)/,
    ],
    title: "Error from server (Forbidden): User cannot … resource",
    verdict: "The Kubernetes cluster refused, not AWS: its own rules (RBAC) do not allow this",
    causes: [
      {
        id: "rbac",
        reason: "The cluster knows the user, who has no Role or ClusterRole for this verb and resource.",
        fix: "Bind a Role with just this verb and resource in this namespace to the user or group of the access entry.",
      },
    ],
  },
  {
    id: "throttled",
    words: [
      /\bThrottling(?:Exception)?\b|\bTooManyRequests(?:Exception)?\b|\bRequestLimitExceeded\b|Rate exceeded/,
    ],
    when: (reading) => !isOfSts(reading),
    title: "Throttling: Rate exceeded",
    verdict: "AWS throttled {operation}: too many requests at once",
    causes: [
      {
        id: "parallel-requests",
        reason: "Limits are per account and Region, so other jobs, tools and people use them up too.",
        fix: "Retry the job; let the tool send fewer requests at once (terraform -parallelism=3), and let it wait longer: AWS_RETRY_MODE=adaptive, AWS_MAX_ATTEMPTS=10.",
      },
      {
        id: "parallel-exchanges",
        reason: "If it was the token exchange: many jobs did it at the same time.",
        fix: "Exchange once per pipeline (`assume-role`), with the other jobs' `needs` on it; raise `timeout-seconds` to wait longer.",
      },
    ],
  },
  {
    id: "service-unavailable",
    words: [/\bServiceUnavailable(?:Exception)?\b|\bService Unavailable\b.{0,40}amazonaws/],
    when: (reading) => !isOfSts(reading),
    title: "ServiceUnavailable",
    verdict: "AWS could not serve {operation} at the moment",
    causes: [
      {
        id: "outage",
        reason: "The service has an outage in this Region, or is too busy.",
        fix: "Retry the job; see https://health.aws.amazon.com/health/status",
      },
    ],
  },
  {
    id: "internal",
    words: [/\bInternal(?:Failure|Error|ServerError)(?:Exception)?\b/],
    when: (reading) => !isOfSts(reading) && !/third-party token/.test(reading.text),
    title: "InternalFailure",
    verdict: "An AWS service had an internal error, and says no more",
    causes: [
      {
        id: "outage",
        reason: "It has a temporary fault.",
        fix: "Retry the job; see https://health.aws.amazon.com/health/status",
      },
    ],
  },
];
