import { findPartition } from "../../aws/partitions.ts";
import type { Exchange } from "../../aws/sts/exchange.ts";
import { describeTarget } from "../../aws/sts/sts.ts";
import { type AssumeRoleConfig, finalRole } from "../../config/assume-role-config.ts";
import type { Host } from "../../foundation/ports.ts";
import { formatInstant, formatSpan } from "../../foundation/times.ts";
import { ANNOTATIONS_MODE, encodeAnnotations, reportFiles } from "../../gitlab/reports.ts";
import type { Fact } from "../../output/report.ts";

/** What the log says about a finished exchange: who we are now, until when, and which jobs get the credentials. */
export function describeSuccess(done: {
  readonly config: AssumeRoleConfig;
  readonly exchange: Exchange;
  readonly variables: ReadonlyMap<string, string>;
  readonly seconds: number;
  readonly now: Date;
}): { readonly verdict: string; readonly facts: readonly Fact[] } {
  const { config, exchange, now } = done;
  const { expiration } = exchange.assumed.credentials;
  return {
    verdict: exchange.identity?.arn ?? `${exchange.assumed.arn} (not verified)`,
    facts: [
      ["account", finalRole(config).accountId],
      ...(config.chained === undefined ? [] : ([["through", config.role.text]] as const)),
      ["until", `${formatInstant(expiration)} (${describeLifetime(expiration.getTime() - now.getTime())})`],
      ["answered by", `${describeTarget(exchange.target)}, in ${done.seconds.toFixed(1)} s`],
      ["written", `${reportFiles(config.job).dotenv} with ${[...done.variables.keys()].join(", ")}`],
      [
        "goes to",
        "jobs that name this one in `needs`, and every job in a later stage without `dependencies: []`",
      ],
    ],
  };
}

function describeLifetime(ms: number): string {
  return ms > 0 ? formatSpan(ms) : "already past by this machine's clock, which must be ahead";
}

/** Puts a link to the role in the AWS console on the job's page, for partitions whose console has a public address. */
export function writeJobPageLink(config: AssumeRoleConfig, { files }: Pick<Host, "files">): void {
  const role = finalRole(config);
  const consoleHost = findPartition(role.partition)?.consoleHost;
  const hasPage = config.job.jobUrl !== undefined;
  if (!hasPage || config.consoleLink === "hidden" || consoleHost === undefined) return;
  const url = `https://${consoleHost}/iam/home#/roles/details/${encodeURIComponent(role.name)}`;
  const annotations = encodeAnnotations("AWS", [{ label: `IAM role ${role.name}`, url }]);
  try {
    files.writeWhole(reportFiles(config.job).annotations, annotations, ANNOTATIONS_MODE);
  } catch {
    // The credentials are there; a missing link is no reason to fail the job.
  }
}
