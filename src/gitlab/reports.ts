import { AwsOidcError } from "../foundation/errors.ts";
import { type GitLabJob, JOB_ID_PATTERN } from "./job.ts";

/**
 * Names of the files in the job's working folder that GitLab collects; the template's `artifacts:reports` has the same.
 * A runner that keeps its folders would upload a file that an earlier job left under the same name, so every job has
 * its own names.
 */
export function reportFiles({ jobId }: GitLabJob): { readonly dotenv: string; readonly annotations: string } {
  const isSafe = jobId !== undefined && JOB_ID_PATTERN.test(jobId);
  const stem = isSafe ? `aws-oidc-${jobId}` : "aws-oidc";
  return { dotenv: `${stem}.env`, annotations: `${stem}.annotations.json` };
}

/** Only the job's user may read the report. */
export const DOTENV_REPORT_MODE = 0o600;

/**
 * GitLab accepts a report smaller than 5 KiB, and on self-managed instances up to 20 variables.
 *
 * @see https://docs.gitlab.com/administration/instance_limits/#limit-dotenv-file-size
 */
export const DOTENV_LIMITS = { maxBytes: 5119, maxVariables: 20 } as const;

/**
 * Encodes variables as an `artifacts:reports:dotenv` file: `NAME=value` lines, without quotes, comments or blank lines,
 * since GitLab would keep quotes as part of the value and refuse the rest.
 *
 * @see https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
 * @throws {AwsOidcError} `REPORT_VALUE_UNSUPPORTED` or `REPORT_TOO_LARGE`, naming the variable and the limit, never the
 *   value
 */
export function encodeDotenvReport(variables: ReadonlyMap<string, string>): string {
  for (const [name, value] of variables) assertEncodable(name, value);
  const report = [...variables].map(([name, value]) => `${name}=${value}\n`).join("");
  // Every value is printable ASCII by now, so characters are bytes.
  const bytes = report.length;
  if (bytes > DOTENV_LIMITS.maxBytes || variables.size > DOTENV_LIMITS.maxVariables) {
    throw new AwsOidcError(
      "REPORT_TOO_LARGE",
      `the dotenv report would have ${variables.size} variables in ${bytes} bytes; GitLab accepts at most ` +
        `${DOTENV_LIMITS.maxVariables} variables in ${DOTENV_LIMITS.maxBytes} bytes`,
      { hint: largestHint(variables) },
    );
  }
  return report;
}

/**
 * What GitLab's server and runners treat as a variable in a value. A lone `$` is refused too.
 *
 * @see https://docs.gitlab.com/ci/variables/where_variables_can_be_used/#gitlab-internal-variable-expansion-mechanism
 */
const EXPANDED = /\$|%[A-Za-z_]\w*%/;

function assertEncodable(name: string, value: string): void {
  const reason = !/^\w{1,255}$/.test(name)
    ? "a name that GitLab refuses (letters, digits and _ only, up to 255 characters)"
    : EXPANDED.test(value)
      ? "a variable such as `$NAME` or `%NAME%`, which GitLab would expand"
      : !/^[\x21-\x7e]*$/.test(value)
        ? "white space or characters outside printable ASCII"
        : undefined;
  if (reason === undefined) return;
  throw new AwsOidcError("REPORT_VALUE_UNSUPPORTED", `the variable "${name}" has ${reason}`, {
    hint: "Use the web-identity component, which does not use a dotenv report.",
  });
}

function largestHint(variables: ReadonlyMap<string, string>): string {
  const [name, value] = [...variables].reduce((longest, variable) =>
    variable[1].length > longest[1].length ? variable : longest,
  );
  return (
    `Shorten the session policy and session tags (${name} alone has ${value.length} bytes), ` +
    "or use the web-identity component, which needs no report."
  );
}

export const ANNOTATIONS_MODE = 0o644;

/**
 * Encodes links for the job's page.
 *
 * @see https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsannotations
 */
export function encodeAnnotations(
  section: string,
  links: readonly { readonly label: string; readonly url: string }[],
): string {
  return `${JSON.stringify({ [section]: links.map((link) => ({ external_link: link })) })}\n`;
}
