import { onlyIfItSays, type PastedEntry, whereItSays } from "./pasted-entry.ts";

const SEVERAL_ROLES = "docs/use/several-roles.md has the rules for jobs with several roles.";

/**
 * What the components' shell scripts print, after `aws-oidc:`. They end the job before its own script, so nothing else
 * in the log counts.
 */
export const JOB_SCRIPT_ENTRIES: readonly PastedEntry[] = [
  {
    id: "job-without-id-token",
    words: [
      /the job has no ID token; extend the hidden job/,
      /GITLAB_OIDC_TOKEN_\w+ contains something other/,
    ],
    title: "aws-oidc: the job has no ID token",
    verdict: "The job has no ID token for its role, so its script did not run",
    causes: [
      {
        id: "token-overwritten",
        reason: "A CI/CD variable has the token's name, and takes precedence over `id_tokens`.",
        fix: "Remove that variable from the project, its groups or the instance.",
        likelihood: whereItSays(/contains something other/),
      },
      {
        id: "id-tokens-not-inherited",
        reason: "The job uses the hidden job's before_script, but not its `id_tokens`.",
        fix: "deploy:\n  extends: .aws_web_identity   # or the hidden job's name from the include",
        likelihood: onlyIfItSays(/has no ID token/),
      },
    ],
  },
  {
    id: "job-without-credentials",
    words: [
      /no credentials of the job .{0,200} here; name it in 'needs'/,
      /the credentials expired .{0,40} ago; retry the job/,
      /AWS_CREDENTIAL_EXPIRATION does not come from the job/,
    ],
    title: "aws-oidc: no credentials of the job assume-role here",
    verdict: "The job has no valid credentials, so its script did not run",
    causes: [
      {
        id: "credentials-expired",
        reason: "The job started after the session had ended.",
        fix: "Retry the job that gets the credentials, then this one; or use `web-identity`, so that the job exchanges its own token.",
        likelihood: whereItSays(/the credentials expired/),
      },
      {
        id: "expiration-shadowed",
        reason: "A CI/CD variable has the same name as one in the report, and takes precedence.",
        fix: "Remove that variable from the project, its groups or the instance.",
        likelihood: whereItSays(/does not come from the job/),
      },
      {
        id: "not-needed",
        reason: "The job does not list the job that gets the credentials in `needs`, or runs before it.",
        fix: "deploy:\n  needs: [assume-role]   # and what else it needs",
        likelihood: onlyIfItSays(/no credentials of the job/),
      },
      {
        id: "report-deleted",
        reason: "GitLab has deleted the report: `artifact-expire-in` has passed.",
        fix: "Retry the job that gets the credentials. For longer sessions, raise both `artifact-expire-in` and `duration-seconds`.",
        likelihood: onlyIfItSays(/no credentials of the job/),
      },
    ],
  },
  {
    id: "two-reports",
    words: [/two jobs set \S+ in this one, and GitLab does not define which wins/],
    title: "aws-oidc: two jobs set AWS_ACCESS_KEY_ID in this one",
    verdict: "Two jobs with credentials write the same variables, so the job's script did not run",
    causes: [
      {
        id: "same-variables",
        reason: "The job gets both reports, and GitLab does not define which one wins.",
        fix: `List only one in \`needs\`, or give one include a \`variable-prefix\`. ${SEVERAL_ROLES}`,
      },
    ],
  },
  {
    id: "role-settings",
    words: [
      /aws-oidc: (?:\.[^:]{1,200}: )?(?:[\w-]*role-arn|session-name|region|profile|external-id|duration-seconds|\w*AWS_REGION) is /,
      /aws-oidc: (?:\.[^:]{1,200}: )?(?:[\w-]*role-arn has a character|chained-role-arn and role-arn are in)/,
      /another role of this job already has the profile|are both for tools that name no profile/,
      /AWS_PROFILE is .{1,200}(?:but no role of this job has that profile|but some tools would still use the credentials)/,
      /the before_script of .{1,200} runs in this job without its variables/,
    ],
    title: "aws-oidc: another role of this job already has the profile",
    verdict: "The settings of a role cannot be used, so the job's script did not run",
    causes: [
      {
        id: "settings-as-told",
        reason:
          "Each line names a setting, what was found there and what was expected. With several roles it names the hidden job first.",
        fix: `Correct the inputs of that include; the log lists all problems at once. ${SEVERAL_ROLES}`,
      },
    ],
  },
  {
    id: "job-folder",
    words: [
      /aws-oidc: (?:the (?:runner's )?folder .{1,300} cannot be created|.{1,300} cannot be written; is the disk full)/,
      /aws-oidc: the path of TMPDIR, or of the runner's builds/,
      /aws-oidc: CI_JOB_ID is not a number/,
    ],
    title: "aws-oidc: the folder cannot be created",
    verdict: "The job cannot create the folder for its token and profiles",
    causes: [
      {
        id: "job-id-overwritten",
        reason: "A CI/CD variable called CI_JOB_ID replaces GitLab's own.",
        fix: "Remove it.",
        likelihood: whereItSays(/CI_JOB_ID is not a number/),
      },
      {
        id: "folder-path",
        reason: "The path has characters that an AWS configuration file cannot hold.",
        fix: "Set TMPDIR to a path of letters, digits, spaces and /_.,:=+@~- that only the job's user can write to.",
        likelihood: whereItSays(/the path of TMPDIR/),
      },
      {
        id: "folder-not-writable",
        reason: "The disk is full, or another user of the machine owns the folder.",
        fix: "Free space on the runner's disk, remove the folder, or set TMPDIR to one that only the job's user can write to.",
        likelihood: onlyIfItSays(/cannot be (?:made|written)/),
      },
    ],
  },
  {
    id: "script-not-run",
    words: [
      /aws-oidc: this image has (?:no Node\.js|Node [\d.]+);/,
      /aws-oidc: the script of this job is damaged/,
    ],
    title: "aws-oidc: this image has no Node.js",
    verdict: "The job's script could not run; nothing was sent to AWS",
    causes: [
      {
        id: "script-damaged",
        reason: "The script in the template arrived incomplete, so none of it ran.",
        fix: "Retry the job. If that does not help, pin another version of the component.",
        likelihood: whereItSays(/is damaged/),
      },
      {
        id: "image-without-node",
        reason: "The input `image` names an image without Node, or with a Node that is too old.",
        fix: "Omit the input `image`, or name one with Node 20 or later.",
        likelihood: onlyIfItSays(/this image has/),
      },
    ],
  },
];

/** What those scripts say about a job that continues; anything else in the log comes first. */
export const JOB_NOTICE: PastedEntry = {
  id: "job-notice",
  words: [
    /is set in this job and would be used instead of the role, so it is removed here/,
    /AWS_REGION is not set for this job's tools, since it would win/,
    /the credentials of the job .{1,200} expire in .{1,40}/,
    /this image has no date command, so expired/,
    /a report of an earlier job, could not be removed/,
    /tools that name no profile find no role/,
  ],
  title: "aws-oidc: is set in this job and would be used instead of the role",
  verdict: "This is a notice, not a failure: the job continued",
  causes: [
    {
      id: "notice",
      reason: "The line says what the component did, or what it saw, before the job's script began.",
      fix: "If the job failed later, paste the line that says so.",
    },
  ],
};
