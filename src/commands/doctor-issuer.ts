import { AwsOidcError } from "../errors.ts";
import { buildDiscoveryUrl, findKeyFaults, isPrivateAddress, parseDiscovery } from "../gitlab/discovery.ts";
import { type Certificate, type Page, PageError, TimeLimitError } from "../host.ts";
import { formatInstant } from "../output/instants.ts";
import { showValue } from "../quote.ts";
import { isUrl } from "../url.ts";
import { type Check, failed, passed, undecided } from "./doctor-check.ts";
import type { Tools } from "./tools.ts";

/** STS is observed to wait about this long for the keys. */
const STS_PATIENCE_MS = 5000;
const PAGE_LIMIT_MS = 10_000;

/** What was seen of an issuer from here. */
export interface IssuerProbe {
  readonly issuer: string;
  /** What went well, for the summary. */
  readonly pages: readonly Page[];
  /** What keeps AWS from using it, wherever it is asked from. */
  readonly faults: readonly string[];
  /** What may be so from here only. */
  readonly doubts: readonly string[];
}

const UNREACHED = { pages: [], faults: [] };

/** Asks for the discovery document and the keys, as STS does. */
export async function probeIssuer(
  issuer: string,
  keyId: string | undefined,
  tools: Tools,
): Promise<IssuerProbe> {
  if (!issuer.startsWith("https://") || !isUrl(issuer)) {
    return { ...UNREACHED, issuer, faults: ["AWS takes https URLs only"], doubts: [] };
  }
  const discovery = await fetchOrDoubt(buildDiscoveryUrl(issuer), tools);
  if (typeof discovery === "string") return { ...UNREACHED, issuer, doubts: [discovery] };
  const document = discovery.status === 200 ? parseDiscovery(discovery.body) : undefined;
  if (document === undefined) {
    const fault = `${buildDiscoveryUrl(issuer)} answers HTTP ${discovery.status} and no discovery document`;
    return { issuer, pages: [discovery], faults: [fault], doubts: [] };
  }
  const mismatch =
    document.issuer === issuer
      ? []
      : [`the discovery document is of the issuer ${showValue(document.issuer)}, not ${issuer}`];
  const keys = await fetchOrDoubt(document.keysUrl, tools);
  if (typeof keys === "string") return { issuer, pages: [discovery], faults: mismatch, doubts: [keys] };
  const keyFaults =
    keys.status === 200 ? findKeyFaults(keys.body, keyId) : [`it answers HTTP ${keys.status}`];
  return {
    issuer,
    pages: [discovery, keys],
    faults: [...mismatch, ...keyFaults.map((fault) => `${document.keysUrl}: ${fault}`)],
    doubts: [...slowness([discovery, keys]), ...privacy(discovery)],
  };
}

/** The page, or in words why there is none. */
async function fetchOrDoubt(url: string, { host, fetchPage }: Tools): Promise<Page | string> {
  try {
    return await host.clock.limit(PAGE_LIMIT_MS, (signal) => fetchPage(url, signal));
  } catch (error) {
    if (error instanceof TimeLimitError)
      return `${url} does not answer within ${PAGE_LIMIT_MS / 1000} s from here`;
    if (error instanceof AwsOidcError && error.code !== "CANCELLED")
      return `${url} cannot be asked from here: ${error.message}`;
    if (!(error instanceof PageError)) throw error;
    const chain = error.presented.map(({ subject, issuer }) => `\n  ${subject}, issued by ${issuer}`);
    const sent = chain.length === 0 ? "" : `\nThe certificates that it sends:${chain.join("")}`;
    const code = error.message.includes(error.code) ? "" : ` (${error.code})`;
    return `${url} cannot be reached from here: ${error.message}${code}${sent}`;
  }
}

function slowness(pages: readonly Page[]): readonly string[] {
  const slowest = Math.max(...pages.map(({ elapsedMs }) => elapsedMs));
  return slowest < STS_PATIENCE_MS ? [] : [`it took ${seconds(slowest)} to answer; STS waits for about 5 s`];
}

function privacy({ address }: Page): readonly string[] {
  if (address === undefined || !isPrivateAddress(address)) return [];
  return [`${address} is a private address, at which AWS cannot reach it`];
}

const REMINDER =
  "AWS must reach both documents from the Internet too. An instance that it cannot reach can publish copies elsewhere:\n" +
  "set `ci_id_tokens_issuer_url` to their public URL (GitLab 18.1), and make the identity provider for that URL.";

/** What counts is whether AWS could verify the token, and what STS answered shows that better than any look from here. */
export function judgeIssuer(probe: IssuerProbe, exchange: Check): Check {
  const { issuer, pages, faults, doubts } = probe;
  const [page] = pages;
  const summary =
    page === undefined
      ? issuer
      : `${issuer} answers in ${seconds(page.elapsedMs)}${describeCertificate(page.certificate)}`;
  const reminder = isVerified(exchange) || issuer === "https://gitlab.com" ? [] : [REMINDER];
  if (exchange.status === "ok") {
    const reached = page === undefined ? `${issuer} has been reached by AWS, though not from here` : summary;
    return faults.length === 0
      ? passed("issuer", reached)
      : undecided("issuer", "warning", { summary: reached, notes: faults });
  }
  const [fault] = faults;
  if (fault !== undefined) {
    const fix = "Correct it on the GitLab instance, or in what stands before it.";
    const causes = faults.map((reason) => ({ reason, fix }));
    const verdict = `AWS cannot verify tokens of ${issuer}: ${fault}`;
    return failed("issuer", { verdict, facts: [], causes, causesAre: "all" }, [...doubts, ...reminder]);
  }
  const notes = [...doubts, ...reminder];
  return doubts.length === 0
    ? passed("issuer", summary, notes)
    : undecided("issuer", "warning", { summary, notes });
}

/** STS reads trust policies only after it has verified the token. */
function isVerified({ status, failure }: Check): boolean {
  return status === "ok" || failure?.topic === "trust-policy";
}

/** ` (certificate of gitlab.example.com by R11, until …)` */
export function describeCertificate(certificate: Certificate | undefined): string {
  if (certificate === undefined) return "";
  const { subject, issuer, expiresAt } = certificate;
  return ` (certificate of ${subject} by ${issuer}, until ${formatInstant(expiresAt)})`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
