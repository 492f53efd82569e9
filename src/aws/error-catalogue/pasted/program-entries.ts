import { JOB_NOTICE } from "./job-script-entries.ts";
import type { PastedEntry } from "./pasted-entry.ts";

const LOOK_ABOVE = "Explain the whole log of the job, or that entry: the last fact names it behind the code.";

interface OwnCode {
  readonly code: string;
  readonly verdict: string;
  readonly reason: string;
  readonly fix: string;
}

/** The codes of this program; the headings of `docs/troubleshooting.md`, where more is written by hand. */
const CODES: readonly OwnCode[] = [
  {
    code: "CONFIG_INVALID",
    verdict: "The configuration cannot be used; nothing was sent to AWS",
    reason: "The log names each setting that is wrong, what was found there and what was expected.",
    fix: "Do what the log says behind the arrow of each; all of them are told at once.",
  },
  {
    code: "CREDENTIALS_SHADOWED",
    verdict: "A credential variable is set in the job already, and would win over the report",
    reason:
      "CI/CD variables of the project, its groups, the instance and the pipeline win over a dotenv report.",
    fix: "Remove those variables; or write other names with the input `variable-prefix`.",
  },
  {
    code: "IDENTITY_MISMATCH",
    verdict: "STS answered for another role or session than the one asked for; nothing was written",
    reason: "AWS answers for the role that it was asked for, so another server may have answered.",
    fix: "Check `sts-endpoint`, AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL, and the ARN in `role-arn` or `chained-role-arn`.",
  },
  {
    code: "STS_REFUSED",
    verdict: "STS answered, and its answer is final; this code alone does not say why",
    reason: "The entry behind the code, and what STS said, tell the cause.",
    fix: LOOK_ABOVE,
  },
  {
    code: "STS_UNAVAILABLE",
    verdict: "STS failed, throttled or could not reach the GitLab instance until the time was used up",
    reason: "The first failure is the one that the log shows; the entry behind the code tells the cause.",
    fix: "Retry the job; list other Regions in `fallback-regions`, and raise `timeout-seconds` to wait longer.",
  },
  {
    code: "STS_UNREACHABLE",
    verdict: "The connection to STS, or to the proxy before it, failed",
    reason: "Name, route or TLS: the entry behind the code tells which.",
    fix: LOOK_ABOVE,
  },
  {
    code: "STS_TIMED_OUT",
    verdict: "There was no connection to STS, or no complete answer, in time",
    reason:
      "A firewall that drops packets, a missing proxy, or a slow network; `timeout-seconds` bounds the whole run.",
    fix: LOOK_ABOVE,
  },
  {
    code: "STS_REPLY_UNREADABLE",
    verdict: "Something answered, but not in the words of STS",
    reason: "A proxy's page, or a document that was cut off.",
    fix: "Look at proxy and endpoint; on the runner this must be redirected to aws.amazon.com/iam:\ncurl -sv https://sts.us-east-1.amazonaws.com/",
  },
  {
    code: "REPORT_VALUE_UNSUPPORTED",
    verdict: "A value cannot stand in a dotenv report",
    reason: "GitLab would expand a `$` in it, and refuses white space and line breaks.",
    fix: "Use the component `web-identity`, which passes nothing through a report.",
  },
  {
    code: "REPORT_TOO_LARGE",
    verdict: "The dotenv report would be larger than GitLab takes: 5 KiB",
    reason: "Session policies and tags make the session token longer.",
    fix: "Shorten them, or use the component `web-identity`.",
  },
  {
    code: "REPORT_NOT_WRITTEN",
    verdict: "The report could not be written, or an old one not be removed",
    reason:
      "The code in brackets is that of the operating system: ENOSPC is a full disk, EROFS and EACCES a folder that may not be written to.",
    fix: "Free the disk of the runner, or give the job's user the right to write to its folder.",
  },
  {
    code: "CANCELLED",
    verdict: "The run was cancelled from outside; no report is left",
    reason:
      "In a job: somebody cancelled it, a newer pipeline took its place (`interruptible`), or its time was over. The page of the job says which.",
    fix: "Run it again; raise the job's `timeout` if its time was over.",
  },
];

/** Words of the log of which no code is a part. */
const WORDS: Readonly<Record<string, readonly RegExp[]>> = {
  CONFIG_INVALID: [/The configuration has (?:one problem|\d+ problems); nothing was sent to AWS/],
};

/** What this program prints under a failure, for whoever has no more of the log. */
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
