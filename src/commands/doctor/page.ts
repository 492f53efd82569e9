import { type Diagnosis, diagnose } from "../../aws/error-catalogue/diagnose.ts";
import { toStsError } from "../../aws/sts/failure.ts";
import { AwsOidcError } from "../../foundation/errors.ts";
import { type Page, PageError, TimeLimitError } from "../../foundation/ports.ts";
import { readNetworkSettings } from "../diagnosis-context.ts";
import type { Tools } from "../tools.ts";

const PAGE_LIMIT_MS = 10_000;

/** An issuer's page, or the reason in words why it cannot be fetched. */
export async function fetchOrDoubt(url: string, tools: Tools): Promise<Page | string> {
  try {
    return await tools.host.clock.limit(PAGE_LIMIT_MS, (signal) => tools.fetchPage(url, signal));
  } catch (error) {
    if (error instanceof TimeLimitError)
      return `${url} did not answer within ${PAGE_LIMIT_MS / 1000} s from here`;
    if (error instanceof AwsOidcError && error.code !== "CANCELLED")
      return `${url} cannot be fetched from here: ${error.message}`;
    if (!(error instanceof PageError)) throw error;
    return `${url} cannot be reached from here: ${describeFailure(error)}${renderCauses(findCauses(error, url, tools))}`;
  }
}

function describeFailure({ message, code, presented }: PageError): string {
  const chain = presented.map(({ subject, issuer }) => `\n  ${subject}, issued by ${issuer}`);
  const sent = chain.length === 0 ? "" : `\nThe certificates that it sends:${chain.join("")}`;
  return `${message}${message.includes(code) ? "" : ` (${code})`}${sent}`;
}

/** Its possible causes, as for a failure of STS. */
function findCauses(error: PageError, url: string, { host, findWay }: Tools): Diagnosis["causes"] {
  const target = { region: "", endpoint: url, variant: "standard" } as const;
  const failure = toStsError(error.cause ?? error, { action: "GET", target });
  if (failure.fault.kind !== "network" && failure.fault.kind !== "timeout") return [];
  const settings = readNetworkSettings(url, { env: host.env, findWay });
  const diagnosis = diagnose(failure, { ...settings, issuerPage: url, now: host.clock.now() });
  return diagnosis.id === "unknown" ? [] : diagnosis.causes;
}

function renderCauses(causes: Diagnosis["causes"]): string {
  if (causes.length === 0) return "";
  const lines = causes.map(({ reason, fix }) => `\n- ${indent(reason)}\n  → ${indent(fix, 4)}`);
  return `\nPossible causes, most likely first:${lines.join("")}`;
}

function indent(text: string, columns = 2): string {
  return text.replaceAll("\n", `\n${" ".repeat(columns)}`);
}
