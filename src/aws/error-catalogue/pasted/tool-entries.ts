import { isOfSts, type PastedEntry, unlessItSays, whereItSays } from "./pasted-entry.ts";

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
