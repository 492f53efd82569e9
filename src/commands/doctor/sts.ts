import { diagnose } from "../../aws/error-catalogue/diagnose.ts";
import { StsAttemptsError } from "../../aws/sts/attempts.ts";
import { toStsError } from "../../aws/sts/failure.ts";
import { describeTarget, StsError, type StsTarget } from "../../aws/sts/sts.ts";
import { buildStsUrl } from "../../aws/sts/sts-url.ts";
import type { TrustReview } from "../../aws/trust-policy/review.ts";
import type { AssumeRoleConfig, AssumeRoleParts } from "../../config/assume-role-config.ts";
import { PageError, TimeLimitError } from "../../foundation/ports.ts";
import { formatInstant, formatSpan } from "../../foundation/times.ts";
import { detourNotes } from "../detours.ts";
import { readNetworkSettings } from "../diagnosis-context.ts";
import { runExchange } from "../exchange.ts";
import { describeStsFailure } from "../sts-failure.ts";
import type { Tools } from "../tools.ts";
import { type Check, type CheckFailure, failed, passed, undecided } from "./check.ts";
import { failedBy, failedByOwn } from "./configuration.ts";
import { describeCertificate, seconds } from "./issuer.ts";

const ENDPOINT_LIMIT_MS = 10_000;

/** STS sends browsers to its documentation. */
const USUAL_STATUS = 302;

/** Whether the endpoints can be reached, which needs no token. */
export async function checkStsEndpoint({ sts }: AssumeRoleParts, tools: Tools): Promise<Check> {
  if (!sts.ok) return failedBy("sts-endpoint", sts.problems);
  try {
    const detours = detourNotes(sts.value, { env: tools.host.env, findWay: tools.findWay });
    const probes = await Promise.all(sts.value.targets.map((target) => probeEndpoint(target, tools)));
    return judgeProbes(probes, detours, tools);
  } catch (error) {
    return failedByOwn("sts-endpoint", error);
  }
}

function judgeProbes(
  probes: readonly (Answered | StsError)[],
  detours: readonly string[],
  tools: Tools,
): Check {
  const [first] = probes;
  if (first instanceof StsError && probes.every((probe) => probe instanceof StsError)) {
    const { verdict, causes } = diagnose(
      first,
      readNetworkSettings(buildStsUrl(first.target), { ...tools, env: tools.host.env }),
    );
    const facts: CheckFailure["facts"] = [["STS said", `nothing: ${first.message}`]];
    return failed("sts-endpoint", { verdict, facts, causes }, detours);
  }
  const summary = probes.map((probe) =>
    probe instanceof StsError ? `${describeTarget(probe.target)} cannot be reached` : probe.text,
  );
  const isUsual = probes.every((probe) => !(probe instanceof StsError) && probe.isUsual);
  if (isUsual) return passed("sts-endpoint", summary.join("; "), detours);
  const unreached = probes.flatMap((probe) =>
    probe instanceof StsError ? [`${describeTarget(probe.target)}: ${probe.message}`] : [],
  );
  const notes = [...unreached, ...detours];
  return undecided("sts-endpoint", "warning", { summary: summary.join("; "), notes });
}

interface Answered {
  readonly text: string;
  readonly isUsual: boolean;
}

async function probeEndpoint(target: StsTarget, { host, fetchPage }: Tools): Promise<Answered | StsError> {
  const asked = { action: "request", target };
  try {
    const url = `${buildStsUrl(target)}/`;
    const page = await host.clock.limit(ENDPOINT_LIMIT_MS, (signal) => fetchPage(url, signal));
    const isUsual = page.status === USUAL_STATUS;
    const unusual = isUsual ? "" : `, but with HTTP ${page.status}, so it may be a proxy or another server`;
    return {
      isUsual,
      text: `${describeTarget(target)} answers in ${seconds(page.elapsedMs)}${unusual}${describeCertificate(page.certificate)}`,
    };
  } catch (error) {
    if (error instanceof PageError) return toStsError(error.cause ?? error, asked);
    if (!(error instanceof TimeLimitError)) throw error;
    const message = `no answer within ${seconds(error.limitMs)}`;
    return new StsError(message, { ...asked, fault: { kind: "timeout", phase: "answer" } });
  }
}

/** The exchange itself; nothing is kept. */
export async function checkExchange(
  config: AssumeRoleConfig,
  trust: TrustReview | undefined,
  tools: Tools,
): Promise<Check> {
  const { host, log } = tools;
  try {
    // Standard output is for the result, and this check's time excludes that of the others.
    const { assumed, identity, target } = await runExchange(
      config,
      { ...tools, log: { ...log, say: log.complain } },
      host.clock.elapsedMs(),
    );
    const { expiration } = assumed.credentials;
    const left = formatSpan(expiration.getTime() - host.clock.now().getTime());
    const who = identity?.arn ?? `${assumed.arn} (not verified)`;
    return passed("exchange", `${who}, by ${describeTarget(target)}`, [
      `The credentials would last until ${formatInstant(expiration)} (${left}); nothing was written.`,
    ]);
  } catch (error) {
    if (error instanceof StsAttemptsError) {
      return failed(
        "exchange",
        describeStsFailure(error, config, { ...tools, ...(trust === undefined ? {} : { trust }) }),
      );
    }
    return failedByOwn("exchange", error);
  }
}
