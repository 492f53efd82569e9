import type { Certificate, Page } from "../../foundation/ports.ts";
import { formatInstant } from "../../foundation/times.ts";
import { isUrl } from "../../foundation/url.ts";
import {
  buildDiscoveryUrl,
  findDiscoveryFaults,
  findKeyFaults,
  findSignatureFaults,
  isPrivateAddress,
  type PublishedFaults,
  parseDiscovery,
  type TokenSignature,
} from "../../gitlab/discovery.ts";
import type { Tools } from "../tools.ts";
import { type Check, failed, isAdmitted, passed, undecided } from "./check.ts";
import { fetchOrDoubt } from "./page.ts";

/** STS has been seen to wait about this long for the keys. */
const STS_PATIENCE_MS = 5000;

/** What can be seen of an issuer from here. */
export interface IssuerProbe extends PublishedFaults {
  readonly issuer: string;
  /** What works, for the summary. */
  readonly pages: readonly Page[];
  /** What may be true only from here. */
  readonly doubts: readonly string[];
}

const UNREACHED = { pages: [], faults: [], oddities: [], doubts: [] };

/** Asks for the discovery document and the keys, as STS does. */
export async function probeIssuer(
  issuer: string,
  signature: TokenSignature | undefined,
  tools: Tools,
): Promise<IssuerProbe> {
  const ownFaults = signature === undefined ? [] : findSignatureFaults(signature);
  const unreached = { ...UNREACHED, issuer, faults: ownFaults };
  if (!issuer.startsWith("https://") || !isUrl(issuer)) {
    return { ...unreached, faults: ["AWS accepts https URLs only", ...ownFaults] };
  }
  const discovery = await fetchOrDoubt(buildDiscoveryUrl(issuer), tools);
  if (typeof discovery === "string") return { ...unreached, doubts: [discovery] };
  const document = discovery.status === 200 ? parseDiscovery(discovery.body) : undefined;
  if (document === undefined) {
    const fault = `${buildDiscoveryUrl(issuer)} answers HTTP ${discovery.status} without a discovery document`;
    return { ...unreached, pages: [discovery], faults: [fault, ...ownFaults] };
  }
  const { faults, oddities } = findDiscoveryFaults(document, issuer);
  const found = { issuer, pages: [discovery], faults: [...faults, ...ownFaults], oddities, doubts: [] };
  // Keys that arrive any other way may be anyone's.
  if (!document.keysUrl.startsWith("https://")) return found;
  const keys = await fetchOrDoubt(document.keysUrl, tools);
  if (typeof keys === "string") return { ...found, doubts: [keys] };
  const inKeys = findFaultsOfKeys(document.keysUrl, keys, signature?.keyId);
  return {
    issuer,
    pages: [discovery, keys],
    faults: [...found.faults, ...inKeys.faults],
    oddities: [...oddities, ...inKeys.oddities],
    doubts: [...slowness([discovery, keys]), ...privacy(discovery)],
  };
}

function findFaultsOfKeys(url: string, { status, body }: Page, keyId: string | undefined): PublishedFaults {
  const { faults, oddities } =
    status === 200 ? findKeyFaults(body, keyId) : { faults: [`it answers HTTP ${status}`], oddities: [] };
  const at = (fault: string): string => `${url}: ${fault}`;
  return { faults: faults.map(at), oddities: oddities.map(at) };
}

function slowness(pages: readonly Page[]): readonly string[] {
  const slowest = Math.max(...pages.map(({ elapsedMs }) => elapsedMs));
  return slowest < STS_PATIENCE_MS ? [] : [`it took ${seconds(slowest)} to answer; STS waits about 5 s`];
}

function privacy({ address }: Page): readonly string[] {
  if (address === undefined || !isPrivateAddress(address)) return [];
  return [`${address} is a private address, where AWS cannot reach it`];
}

const REMINDER =
  "AWS must also reach both documents, from the Internet. If it cannot reach the instance, publish copies elsewhere: " +
  "set `ci_id_tokens_issuer_url` to their public URL (GitLab 18.1), and create the identity provider for that URL.";

/** The order in which STS checks is not documented. */
const VERIFIED_ALL_THE_SAME =
  "AWS got as far as the trust policy, so it has most likely verified the token. What was found from here:";

/** What matters is whether AWS could verify the token, and STS's answer shows that better than any check from here. */
export function judgeIssuer(probe: IssuerProbe, exchange: Check): Check {
  const { issuer, pages, faults, oddities, doubts } = probe;
  const [page] = pages;
  const summary =
    page === undefined
      ? issuer
      : `${issuer} answers in ${seconds(page.elapsedMs)}${describeCertificate(page.certificate)}`;
  if (isAdmitted(exchange)) {
    const reached = page === undefined ? `${issuer} was reached by AWS, but not from here` : summary;
    const notes = [...faults, ...oddities];
    return notes.length === 0
      ? passed("issuer", reached)
      : undecided("issuer", "warning", { summary: reached, notes });
  }
  const isVerified = exchange.failure?.reached === "trust-policy";
  const reminder = isVerified || issuer === "https://gitlab.com" ? [] : [REMINDER];
  const [fault] = faults;
  if (fault !== undefined && isVerified) {
    return undecided("issuer", "warning", {
      summary,
      notes: [VERIFIED_ALL_THE_SAME, ...faults, ...oddities, ...doubts],
    });
  }
  if (fault !== undefined) {
    const fix = "Correct it on the GitLab instance, or on the proxy in front of it.";
    const causes = faults.map((reason) => ({ reason, fix }));
    const verdict = `AWS cannot verify tokens of ${issuer}: ${fault}`;
    return failed("issuer", { verdict, facts: [], causes, causesAre: "all" }, [
      ...oddities,
      ...doubts,
      ...reminder,
    ]);
  }
  const notes = [...oddities, ...doubts, ...reminder];
  return oddities.length + doubts.length === 0
    ? passed("issuer", summary, notes)
    : undecided("issuer", "warning", { summary, notes });
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
