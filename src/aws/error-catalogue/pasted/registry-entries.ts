import { onlyIfItSays, type PastedEntry, unlessItSays, whereItSays } from "./pasted-entry.ts";

const LOG_IN =
  "aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {registry}";

/** Registries of images and packages, whose logins come from the credentials. */
export const REGISTRY_ENTRIES: readonly PastedEntry[] = [
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
    verdict: "{registryName} refuses the request, and does not say why",
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
        fix: "Get one in this job, after the credentials:\naws codeartifact login --tool npm --domain <domain> --domain-owner <account> --repository <repository>",
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
];
