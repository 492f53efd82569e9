import { onlyIfItSays, type PastedEntry, unlessItSays } from "./pasted-entry.ts";

/** What GitLab itself says. The titles are headings of `docs/troubleshooting.md`, which says more, written by hand. */
export const GITLAB_ENTRIES: readonly PastedEntry[] = [
  {
    id: "gitlab-needs",
    words: [
      /job needs '?(?<needed>[^' ]+)'? job, but '?[^' ]+'? does not exist in the pipeline/,
      /needs '?(?<needed>[^' ]+)'? job, but '?[^' ]+'? does not exist in the pipeline/,
      /job: undefined need: (?<needed>\S+)/,
      /(?:dependency|needs?) on job '?(?<needed>[^' ]+)'? (?:which is not|that is not|is not)/,
    ],
    title: "needs 'assume-role' job, but 'assume-role' does not exist in the pipeline",
    verdict:
      "GitLab refuses the pipeline: the job {needed} is missing from pipelines that have the other job",
    causes: [
      {
        id: "other-rules",
        reason: "The `rules` of the two jobs differ, for example in merge request pipelines.",
        fix: "Give {needed} the rules of the job that needs it:\n{needed}:\n  rules: !reference [deploy, rules]",
      },
      {
        id: "other-name",
        reason:
          "The component's job has another name (input `job-name`), or an `include:rules` leaves it out.",
        fix: "Compare `job-name` with the name in `needs`.",
      },
    ],
  },
  {
    id: "gitlab-stage",
    words: [/chosen stage (?<stage>\S+) does not exist/],
    title: "chosen stage deploy does not exist",
    verdict: "GitLab refuses the pipeline: its `stages` have no {stage}",
    causes: [
      {
        id: "other-stages",
        reason: "The pipeline defines its own `stages`.",
        fix: "Set the input `stage` to one of them: the stage of the jobs that use the credentials.",
      },
    ],
  },
  {
    id: "gitlab-component",
    words: [
      /component '(?<component>[^']+)' - (?:content not found|project does not exist or you don't have sufficient permissions)/i,
    ],
    title: "component - content not found",
    verdict: "GitLab finds no component at {component}",
    causes: [
      {
        id: "other-path",
        reason: "The path is not that of the project on this instance: <group> is a placeholder.",
        fix: "Copy the line from the project's page in the CI/CD Catalog, or write the project's whole path.",
      },
      {
        id: "no-such-version",
        reason: "The project has no release, tag or commit of that name.",
        fix: "Compare the part behind the @ with the project's tags.",
      },
      {
        id: "not-allowed",
        reason: "Whoever starts the pipeline cannot read the project.",
        fix: "Make the project public or internal, or its readers members with the role Reporter.",
      },
    ],
  },
  {
    id: "gitlab-partial-version",
    words: [/(?:partial semantic|~latest) version reference is not supported for non-catalog resources/],
    title: "The partial semantic version reference is not supported for non-catalog resources",
    verdict:
      "GitLab accepts `@1` and `@~latest` only for components published in this instance's own Catalog",
    causes: [
      {
        id: "mirror",
        reason: "The component comes from a mirror that is not published in the Catalog.",
        fix: "Pin a full version, `@1.0.0`, or a commit SHA; or publish the mirror.",
      },
    ],
  },
  {
    id: "gitlab-no-script",
    words: [
      /config should implement the script:, run:, or trigger: keyword|config should implement a script: or a trigger: keyword/,
    ],
    title: "config should implement the script:, run:, or trigger: keyword",
    verdict: "Your file refers to a job that nothing defines",
    causes: [
      {
        id: "not-included",
        reason: "The component that defines it is not included, or defines it under another name.",
        fix: "Compare the input `job-name` with the name in your file, and check whether an `include:rules` leaves the component out.",
      },
    ],
  },
  {
    id: "gitlab-id-tokens",
    words: [
      /id_tokens:\S+ (?:config (?:missing|contains|should)|aud (?:should|can't|config))/,
      /config contains unknown keys: (?:[\w, ]*, )?id_tokens\b/,
      /\bid_tokens config should/,
    ],
    title: "id_tokens config missing required keys: aud",
    verdict: "GitLab refuses the pipeline: it does not accept `id_tokens` as it is written there",
    causes: [
      {
        id: "form",
        reason: "Each token has a name, and below it `aud`: a text or a list of texts.",
        fix: "id_tokens:\n  GITLAB_OIDC_TOKEN:\n    aud: $CI_SERVER_URL",
        likelihood: unlessItSays(/unknown keys: (?:[\w, ]*, )?id_tokens/),
      },
      {
        id: "place",
        reason:
          "Jobs and `default` can have `id_tokens`; the top level of the file cannot. In most versions, jobs with `trigger` cannot either.",
        fix: "Move it into the job that needs the token, or below `default:`.",
        likelihood: onlyIfItSays(/unknown keys: (?:[\w, ]*, )?id_tokens/),
      },
      {
        id: "old-gitlab",
        reason: "GitLab knows `id_tokens` from 15.7.",
        fix: "Update the instance; these components need GitLab 17.0 or later.",
        likelihood: onlyIfItSays(/unknown keys: (?:[\w, ]*, )?id_tokens/),
      },
    ],
  },
  {
    id: "gitlab-dotenv",
    words: [
      /Uploading artifacts as "dotenv" to coordinator\.{3} (?:400\b|bad request)/i,
      /Dotenv files cannot have more than \d+ variables|Dotenv Artifact Too Big/i,
    ],
    title: 'Uploading artifacts as "dotenv" to coordinator... 400 Bad Request',
    verdict: "GitLab refuses the job's dotenv report, so later jobs do not get its variables",
    causes: [
      {
        id: "lines",
        reason:
          "It has an empty line, a comment, or a value of several lines: GitLab wants NAME=value in every line, in UTF-8.",
        fix: "See which lines are not letters, digits or `_`, then `=`, by their numbers alone: `grep -nvE '^[A-Za-z0-9_]+=' <file> | cut -d: -f1`",
        likelihood: unlessItSays(/more than \d+ variables|Too Big/i),
      },
      {
        id: "limits",
        reason: "It has more variables than the plan allows, or more than 5 KiB.",
        fix: "Write fewer: only those that later jobs use.",
      },
      {
        id: "credentials",
        reason:
          "If it is to pass on AWS credentials: GitLab does not mask them in logs, and a session token alone is long.",
        fix: "Use `assume-role`, whose report is checked for all of this, or `web-identity`, which needs none.",
      },
    ],
  },
  {
    id: "gitlab-artifacts-gone",
    words: [
      /could not retrieve the needed artifacts|missing_dependency_failure|depends on other jobs with expired\/erased artifacts/,
    ],
    title: "could not retrieve the needed artifacts",
    verdict: "The report of the credential job has been deleted, so this job cannot start",
    causes: [
      {
        id: "report-expired",
        reason: "It was kept for `artifact-expire-in`, an hour unless set, or someone deleted it.",
        fix: "Retry the credential job, then this one; for sessions of more than an hour, also raise `artifact-expire-in`.",
      },
    ],
  },
  {
    id: "gitlab-burned-path",
    words: [/id_token_burned_project_path/],
    title: "id_token_burned_project_path",
    verdict:
      "GitLab dropped the job: the project's path once belonged to another project, whose cloud roles would admit this one",
    causes: [
      {
        id: "reused-path",
        reason: "The token names the project by its path.",
        fix: "Let `sub` name the project by its id: docs/trust-policies.md, By the number of the project.",
      },
    ],
  },
  {
    id: "gitlab-no-files",
    words: [/ERROR: No files to upload/],
    title: "ERROR: No files to upload",
    verdict: "The job left no report: the cause is above this line of the log",
    causes: [
      {
        id: "after-failure",
        reason:
          "After a failure there is nothing to upload. After a success it is about the link of `console-link`, which nothing needs.",
        fix: "Explain the lines above it, from the first that begins with ✖.",
      },
    ],
  },
];
