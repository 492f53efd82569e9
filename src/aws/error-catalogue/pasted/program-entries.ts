import { JOB_NOTICE } from "./job-script-entries.ts";
import type { PastedEntry } from "./pasted-entry.ts";

const LOOK_ABOVE = "Explain the job's whole log, or that entry: the last fact names it after the code.";

interface OwnCode {
  readonly code: string;
  readonly verdict: string;
  readonly reason: string;
  readonly fix: string;
}

/** The codes of this program: headings of `docs/troubleshooting.md`, which says more, written by hand. */
const CODES: readonly OwnCode[] = [
  {
    code: "CONFIG_INVALID",
    verdict: "The configuration cannot be used; nothing was sent to AWS",
    reason: "The log names each wrong setting, what was found there and what was expected.",
    fix: "Do what the log says after each arrow; it lists all of them at once.",
  },
  {
    code: "CREDENTIALS_SHADOWED",
    verdict: "A credential variable is already set in the job, and would take precedence over the report",
    reason:
      "CI/CD variables of the project, its groups, the instance and the pipeline take precedence over a dotenv report.",
    fix: "Remove those variables, or use other names with the input `variable-prefix`.",
  },
  {
    code: "IDENTITY_MISMATCH",
    verdict: "STS answered for a different role or session from the one requested; nothing was written",
    reason: "AWS answers for the requested role, so another server may have answered.",
    fix: "Check `sts-endpoint`, AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL, and the ARN in `role-arn` or `chained-role-arn`.",
  },
  {
    code: "STS_REFUSED",
    verdict: "STS answered, and its answer is final. This code alone does not say why",
    reason: "The entry after the code, and what STS said, name the cause.",
    fix: LOOK_ABOVE,
  },
  {
    code: "STS_UNAVAILABLE",
    verdict: "STS failed, throttled or could not reach the GitLab instance until time ran out",
    reason: "The log shows the first failure; the entry after the code names the cause.",
    fix: "Retry the job; list other Regions in `fallback-regions`, and raise `timeout-seconds` to wait longer.",
  },
  {
    code: "STS_UNREACHABLE",
    verdict: "The connection to STS, or to the proxy in front of it, failed",
    reason: "Name, route or TLS: the entry after the code says which.",
    fix: LOOK_ABOVE,
  },
  {
    code: "STS_TIMED_OUT",
    verdict: "STS could not be reached, or did not answer completely, in time",
    reason:
      "A firewall that drops packets, a missing proxy, or a slow network; `timeout-seconds` limits the whole run.",
    fix: LOOK_ABOVE,
  },
  {
    code: "STS_REPLY_UNREADABLE",
    verdict: "Something answered, but not STS",
    reason: "It was a proxy's page, or a document that was cut off.",
    fix: "Check the proxy and endpoint; on the runner this must redirect to aws.amazon.com/iam:\ncurl -sv https://sts.us-east-1.amazonaws.com/",
  },
  {
    code: "REPORT_VALUE_UNSUPPORTED",
    verdict: "A value cannot be put in a dotenv report",
    reason: "GitLab would expand a `$` in it, and refuses white space and line breaks.",
    fix: "Use the component `web-identity`, which does not use a report.",
  },
  {
    code: "REPORT_TOO_LARGE",
    verdict: "The dotenv report would exceed GitLab's limit of 5 KiB",
    reason: "Session policies and tags make the session token longer.",
    fix: "Shorten them, or use the component `web-identity`.",
  },
  {
    code: "REPORT_NOT_WRITTEN",
    verdict: "The report could not be written, or an old one could not be removed",
    reason:
      "The code in brackets is the operating system's: ENOSPC is a full disk, EROFS and EACCES a folder that is not writable.",
    fix: "Free space on the runner's disk, or let the job's user write to its folder.",
  },
  {
    code: "CANCELLED",
    verdict: "The run was cancelled from outside; no report is left",
    reason:
      "In a job: someone cancelled it, a newer pipeline replaced it (`interruptible`), or it timed out. The job's page says which.",
    fix: "Run it again; raise the job's `timeout` if it timed out.",
  },
];

/** Words of the log that contain no code. */
const WORDS: Readonly<Record<string, readonly RegExp[]>> = {
  CONFIG_INVALID: [/The configuration has (?:one problem|\d+ problems); nothing was sent to AWS/],
};

/** What this program prints below a failure, for those who have only that part of the log. */
export const PROGRAM_ENTRIES: readonly PastedEntry[] = [
  ...CODES.map(
    ({ code, verdict, reason, fix }): PastedEntry => ({
      id: code,
      words: [new RegExp(`(?<![\\w-])${code}(?![\\w-])`), ...(WORDS[code] ?? [])],
      title: code,
      verdict,
      causes: [{ id: code.toLowerCase().replaceAll("_", "-"), reason, fix }],
    }),
  ),
  JOB_NOTICE,
];
