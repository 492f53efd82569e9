import { isOfSts, type PastedEntry } from "./pasted-entry.ts";
import { REGISTRY_ENTRIES } from "./registry-entries.ts";

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
    verdict: "The tool knows no AWS Region called {badRegion}",
    causes: [
      {
        id: "misspelt",
        reason: "It is misspelt, has white space around it, or is an availability zone (eu-central-1a).",
        fix: "Correct the input `region`, AWS_REGION, AWS_DEFAULT_REGION or the tool's own setting: eu-central-1, not eu-central1.",
      },
      {
        id: "newer-than-tool",
        reason: "AWS opened the Region after this version of the tool was made.",
        fix: "Update the tool, its provider or its SDK.",
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
  ...REGISTRY_ENTRIES,
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
