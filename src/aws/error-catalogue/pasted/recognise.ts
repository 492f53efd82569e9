import type { NamedCause } from "../../../foundation/cause.ts";
import { StsError } from "../../sts/sts.ts";
import { CATALOGUE } from "../catalogue.ts";
import type { DiagnosedToken, Situation } from "../context.ts";
import { type Diagnosis, explain, type Groups, matchError } from "../diagnose.ts";
import type { CatalogueEntry } from "../entry.ts";
import { ASSUMING_ENTRIES } from "./assuming-entries.ts";
import { CONNECTION_ENTRIES } from "./connection-entries.ts";
import { CREDENTIAL_ENTRIES } from "./credential-entries.ts";
import { GITLAB_ENTRIES } from "./gitlab-entries.ts";
import { ISSUER_ENTRIES } from "./issuer-entries.ts";
import { JOB_SCRIPT_ENTRIES } from "./job-script-entries.ts";
import { isAwsHost, type PastedEntry } from "./pasted-entry.ts";
import { namesOf } from "./pasted-names.ts";
import { PERMISSION_ENTRIES } from "./permission-entries.ts";
import { PROGRAM_ENTRIES } from "./program-entries.ts";
import { type Reading, readPaste } from "./reading.ts";
import { TLS_ENTRIES } from "./tls-entries.ts";
import { TOOL_ENTRIES } from "./tool-entries.ts";

/** A pasted text, explained as far as possible. */
export interface Recognition {
  readonly reading: Reading;
  /** Absent for a text that is not recognised. */
  readonly diagnosis: Diagnosis | undefined;
}

/**
 * Explains a text that another tool printed, from its words alone.
 *
 * @param variants the text on one line, in every way its lines may belong together
 */
export function recognise(variants: readonly string[]): Recognition {
  const readings = variants.map(readPaste);
  for (const reading of readings) {
    const diagnosis = diagnosePaste(reading);
    if (diagnosis !== undefined) return { reading, diagnosis };
  }
  return { reading: readings[0] ?? readPaste(""), diagnosis: undefined };
}

/** An entry, and what its patterns found. */
interface Found {
  readonly entry: Omit<CatalogueEntry, "match">;
  readonly groups: Groups;
}

/**
 * The name that the text itself gives its failure goes first, then what AWS said, then what tools say about AWS, then
 * the network.
 */
export function diagnosePaste(reading: Reading): Diagnosis | undefined {
  const found =
    findByTitle(reading) ??
    findNamed(reading) ??
    findByWords(JOB_SCRIPT_ENTRIES, reading) ??
    findByWords(BEFORE_AWS, reading) ??
    findInCatalogue(reading) ??
    findByWords(ACCESS_DENIED, reading) ??
    findByWords(TOOLS, reading) ??
    (isConnectionDecisive(reading) ? findByWords(CONNECTIONS, reading) : undefined) ??
    findByWords(NO_CREDENTIALS, reading) ??
    findByWords(CONSEQUENCES, reading) ??
    findByWords(GITLAB_ENTRIES, reading) ??
    findByWords(PROGRAM_ENTRIES, reading) ??
    findByCause(reading);
  if (found === undefined) return undefined;
  const diagnosis = explain(found.entry, situationOf(reading), { ...namesOf(reading), ...found.groups });
  const causes = diagnosis.causes.map((cause) => ({ ...cause, reason: capitalise(cause.reason) }));
  return { ...diagnosis, verdict: capitalise(diagnosis.verdict), causes: orderAsListed(causes, reading) };
}

/** The first word may be an unknown name: `the server`. */
function capitalise(text: string): string {
  return text.replace(/^the /, "The ");
}

const isAccessDenied = ({ id }: PastedEntry): boolean => id === "access-denied";
const isNoCredentials = ({ id }: PastedEntry): boolean => id === "no-credentials";
/** `docker login` fails this way whenever the command before the pipe did not print a password, for whatever reason. */
const isConsequence = ({ id }: PastedEntry): boolean => id === "ecr-empty-password";

const ACCESS_DENIED = PERMISSION_ENTRIES.filter(isAccessDenied);
const NO_CREDENTIALS = CREDENTIAL_ENTRIES.filter(isNoCredentials);
const CONSEQUENCES = TOOL_ENTRIES.filter(isConsequence);
/** Refusals that no policy changes, whatever their code. */
const NOT_OF_POLICIES = ["empty-argument", "root-caller", "mfa-profile"];
const OWN_WORDS_OF_AWS = ["throttled", "internal", "service-unavailable"];

/** What the code alone would explain wrongly. */
const BEFORE_AWS: readonly PastedEntry[] = [
  ...ISSUER_ENTRIES,
  ...CREDENTIAL_ENTRIES.filter(({ id }) => NOT_OF_POLICIES.includes(id)),
  ...PERMISSION_ENTRIES.filter((entry) => !isAccessDenied(entry)),
  ...TOOL_ENTRIES.filter(({ id }) => OWN_WORDS_OF_AWS.includes(id)),
];
const TOOLS: readonly PastedEntry[] = [
  ...ASSUMING_ENTRIES,
  ...CREDENTIAL_ENTRIES.filter((entry) => !isNoCredentials(entry)),
  ...TOOL_ENTRIES.filter((entry) => !OWN_WORDS_OF_AWS.includes(entry.id) && !isConsequence(entry)),
];
const CONNECTIONS: readonly PastedEntry[] = [
  ...CONNECTION_ENTRIES.filter(({ id }) => id.startsWith("proxy-")),
  ...TLS_ENTRIES,
  ...CONNECTION_ENTRIES.filter(({ id }) => !id.startsWith("proxy-")),
];
const ALL_PASTED: readonly PastedEntry[] = [
  ...ISSUER_ENTRIES,
  ...PERMISSION_ENTRIES,
  ...CREDENTIAL_ENTRIES,
  ...ASSUMING_ENTRIES,
  ...TOOL_ENTRIES,
  ...CONNECTIONS,
  ...GITLAB_ENTRIES,
  ...PROGRAM_ENTRIES,
  ...JOB_SCRIPT_ENTRIES,
];

function findByWords(entries: readonly PastedEntry[], reading: Reading): Found | undefined {
  for (const entry of entries) {
    if (entry.when?.(reading) === false) continue;
    for (const words of entry.words) {
      const found = words.exec(reading.text);
      if (found !== null) return { entry, groups: found.groups ?? {} };
    }
  }
  return undefined;
}

/** Entries whose failure is explained differently when only a text is known. */
const TOLD_OTHERWISE = new Set(ALL_PASTED.filter(({ when }) => when === undefined).map(({ id }) => id));
const OF_SERVICES = CATALOGUE.filter(({ id, match }) => match.kind === "service" && !TOLD_OTHERWISE.has(id));

function findInCatalogue(reading: Reading): Found | undefined {
  const { error } = situationOf(reading);
  if (reading.code === undefined && reading.impliedCode === undefined) return undefined;
  for (const entry of OF_SERVICES) {
    const groups = matchError(entry.match, error);
    if (groups !== undefined) return { entry, groups };
  }
  return undefined;
}

/** This program's log names the entry itself, `error  STS_REFUSED, trust-denied`; some users copy only that. */
function findNamed(reading: Reading): Found | undefined {
  const { text } = reading;
  const named = /(?:^|\u2716 .* )error (?:[A-Z]+(?:_[A-Z]+)*, )?(?<id>[a-z]+(?:-[a-z]+)*)(?= |$)/.exec(text)
    ?.groups?.id;
  const id = named ?? (/^[a-z]+(?:-[a-z]+)+$/.test(text) ? text : undefined);
  return id === undefined ? undefined : findById(id, reading);
}

function findById(id: string, reading: Reading): Found | undefined {
  const entry = ALL_PASTED.find((other) => other.id === id) ?? CATALOGUE.find((other) => other.id === id);
  if (entry === undefined) return undefined;
  const own = findByWords(
    ALL_PASTED.filter((other) => other === entry),
    reading,
  );
  const groups = "match" in entry ? matchError(entry.match, situationOf(reading).error) : own?.groups;
  return { entry, groups: groups ?? {} };
}

/** For users who copy only the cause from a log; GitLab's own page has nearly the same words. */
function findByCause(reading: Reading): Found | undefined {
  const isOfTrust =
    /restricted (?:to another|from being run on the) branch or tag|OIDC is not configured for this project/;
  return isOfTrust.test(reading.text) ? findById("trust-denied", reading) : undefined;
}

/** For users who copy a heading of the troubleshooting page, or the beginning of a message. */
function findByTitle(reading: Reading): Found | undefined {
  const text = normalise(reading.text);
  const byTitle = [...ALL_PASTED, ...CATALOGUE].find(({ title }) => normalise(title) === text);
  return byTitle === undefined ? undefined : findById(byTitle.id, reading);
}

function normalise(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, " ")
    .trim();
}

/**
 * Tools that find no credentials ask the machine's metadata service last, without success; that is not a network
 * failure. Otherwise a failed connection to AWS is the reason why there are no credentials.
 */
function isConnectionDecisive(reading: Reading): boolean {
  const isMetadata = /169\.254\.\d|\bimds\b|EC2 IMDS|instance metadata/i.test(reading.text);
  const isWithoutCredentials =
    findByWords(NO_CREDENTIALS, reading) !== undefined &&
    !/WebIdentityErr: failed to retrieve/.test(reading.text);
  return isAwsHost(reading.endpoint) === true || !(isMetadata || isWithoutCredentials);
}

/** What services with JSON say where STS has another code. */
const SAME_CODES: ReadonlyMap<string, string> = new Map([
  ["InvalidSignatureException", "SignatureDoesNotMatch"],
]);

function situationOf(reading: Reading): Situation {
  const code = SAME_CODES.get(reading.code ?? "") ?? reading.code ?? reading.impliedCode ?? "";
  const error = new StsError(reading.message ?? "", {
    fault: {
      kind: "service",
      code,
      httpStatus: Number(reading.httpStatus ?? 0),
      requestId: reading.requestId,
    },
    action: reading.operation ?? "the request",
    target: { region: "", endpoint: undefined, variant: "standard" },
  });
  return { error, pasted: reading, role: reading.role, token: tokenOf(reading) };
}

function tokenOf({ iss, aud, sub }: Reading): DiagnosedToken | undefined {
  if (iss === undefined) return undefined;
  const [, project, refType, ref] = /^project_path:(.+?):ref_type:(\w+):ref:(.+)$/.exec(sub ?? "") ?? [];
  const claims = project === undefined ? {} : { project_path: project, ref_type: refType, ref };
  return {
    iss,
    aud: aud ?? "<audience>",
    sub: sub ?? "<sub>",
    issuedAt: undefined,
    expiresAt: undefined,
    claims,
  };
}

/** A log of this program lists causes itself, from what it knew about the job; those are given first. */
function orderAsListed(causes: readonly NamedCause[], { text }: Reading): readonly NamedCause[] {
  const isListed = ({ reason }: NamedCause): boolean => text.includes(reason.replace(/[:;.,].*$/s, ""));
  const listed = causes.filter(isListed);
  const isProven = text.includes("Each of these blocks the job");
  return isProven && listed.length > 0 ? listed : [...listed, ...causes.filter((cause) => !isListed(cause))];
}
