import type { PastedEntry } from "./pasted-entry.ts";

/** What GitLab itself says. The titles are headings of `docs/troubleshooting.md`, where more is written by hand. */
export const GITLAB_ENTRIES: readonly PastedEntry[] = [
  {
    id: "gitlab-needs",
    words: [
      /job needs '?(?<needed>[^' ]+)'? job, but '?[^' ]+'? does not exist in the pipeline/,
      /needs '?(?<needed>[^' ]+)'? job, but '?[^' ]+'? does not exist in the pipeline/,
      /(?:dependency|needs?) on job '?(?<needed>[^' ]+)'? (?:which is not|that is not|is not)/,
    ],
    title: "needs 'assume-role' job, but 'assume-role' does not exist in the pipeline",
    verdict:
      "GitLab refuses the pipeline: the job {needed} is not in the pipelines in which the other job is",
    causes: [
      {
        id: "other-rules",
        reason: "The `rules` of the two jobs differ, in pipelines of merge requests, for example.",
        fix: "Give {needed} the rules of the job that needs it:\n{needed}:\n  rules: !reference [deploy, rules]",
      },
      {
        id: "other-name",
        reason:
          "The component makes the job under another name (input `job-name`), or an `include:rules` leaves it out.",
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
        reason: "The pipeline has `stages` of its own.",
        fix: "Set the input `stage` to one of them: the stage of the jobs that use the credentials.",
      },
    ],
  },
  {
    id: "gitlab-partial-version",
    words: [/partial semantic version reference is not supported for non-catalog resources/],
    title: "The partial semantic version reference is not supported for non-catalog resources",
    verdict: "GitLab takes `@1` only of components that are published in the Catalog of this very instance",
    causes: [
      {
        id: "mirror",
        reason: "The component comes from a mirror that is not published in the Catalog.",
        fix: "Pin a whole version, `@1.0.0`, or a commit SHA; or publish the mirror.",
      },
    ],
  },
  {
    id: "gitlab-no-script",
    words: [
      /config should implement the script:, run:, or trigger: keyword|config should implement a script: or a trigger: keyword/,
    ],
    title: "config should implement the script:, run:, or trigger: keyword",
    verdict: "GitLab finds a job that is only named in your file, and made nowhere",
    causes: [
      {
        id: "not-included",
        reason: "The component that makes it is not included, or makes it under another name.",
        fix: "Compare the input `job-name` with the name in your file, and look whether an `include:rules` leaves the component out.",
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
        reason: "It lives as long as `artifact-expire-in` says, an hour unless set, or somebody deleted it.",
        fix: "Retry the credential job, then this one; for sessions of more than an hour raise `artifact-expire-in` as well.",
      },
    ],
  },
  {
    id: "gitlab-burned-path",
    words: [/id_token_burned_project_path/],
    title: "id_token_burned_project_path",
    verdict:
      "GitLab dropped the job: the project's path once was another project's, whose cloud roles would admit this one",
    causes: [
      {
        id: "reused-path",
        reason: "The token names the project by its path.",
        fix: "Let `sub` name the project by its number: docs/trust-policies.md, By the number of the project.",
      },
    ],
  },
  {
    id: "gitlab-no-files",
    words: [/ERROR: No files to upload/],
    title: "ERROR: No files to upload",
    verdict: "The job left no report: what went wrong stands above this line of the log",
    causes: [
      {
        id: "after-failure",
        reason:
          "After a failure there is nothing to upload; after a success it is about the link of `console-link`, which nothing needs.",
        fix: "Explain the lines above it: the first that begins with ✖.",
      },
    ],
  },
];
