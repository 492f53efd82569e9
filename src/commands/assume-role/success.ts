import type { Exchange } from "../../aws/sts/exchange.ts";
import { describeTarget } from "../../aws/sts/sts.ts";
import { type AssumeRoleConfig, finalRole } from "../../config/assume-role-config.ts";
import { formatInstant, formatSpan } from "../../foundation/times.ts";
import { reportFiles } from "../../gitlab/job.ts";
import type { Fact } from "../../output/report.ts";

/** What the log says about a finished exchange: who we are now, until when, and who gets it. */
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
      ...(config.chained === undefined ? [] : ([["by way of", config.role.text]] as const)),
      ["until", `${formatInstant(expiration)} (${describeLifetime(expiration.getTime() - now.getTime())})`],
      ["answered by", `${describeTarget(exchange.target)}, in ${done.seconds.toFixed(1)} s`],
      ["written", `${reportFiles(config.job).dotenv} with ${[...done.variables.keys()].join(", ")}`],
      [
        "goes to",
        "jobs that name this one in `needs`, and every job of a later stage without `dependencies: []`",
      ],
    ],
  };
}

function describeLifetime(ms: number): string {
  return ms > 0 ? formatSpan(ms) : "past already by this machine's clock, which must be ahead";
}
