import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAuthority } from "../../fakes/certificates.ts";
import type { FaultCase } from "../fault-case.ts";

const LOOPBACK = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] } as const;
const DAY_MS = 86_400_000;

/** The day before yesterday, when every certificate was still good. */
const PAST = { notBefore: new Date(Date.now() - 3 * DAY_MS), notAfter: new Date(Date.now() - 2 * DAY_MS) };
const FUTURE = { notBefore: new Date(Date.now() + DAY_MS), notAfter: new Date(Date.now() + 2 * DAY_MS) };

/** A failure of TLS is final at the first connection. */
const FINAL = {
  seconds: 30,
  exitCode: 1,
  requests: 0,
  connections: 1,
  askedAgain: "no",
  takes: "at once",
} as const;

function writeBundle(folder: string, content: string): string {
  const path = join(folder, "bundle.pem");
  writeFileSync(path, content);
  return path;
}

/** Known to no run. */
const foreign = await createAuthority({ commonName: "Another throw-away CA" });
const expired = await createAuthority({ commonName: "Expired throw-away CA", ...PAST });

/** Certificates and what is trusted. */
export const TLS_CASES: readonly FaultCase[] = [
  {
    ...FINAL,
    fault: "The certificate has expired",
    certificate: (authority) => authority.issue({ ...LOOPBACK, ...PAST }),
    firstLine: /expired/i,
  },
  {
    ...FINAL,
    fault: "The certificate is not valid yet",
    certificate: (authority) => authority.issue({ ...LOOPBACK, ...FUTURE }),
    firstLine: /not.yet/i,
  },
  {
    ...FINAL,
    fault: "The certificate of the authority has expired",
    certificate: () => expired.issue(LOOPBACK),
    env: ({ folder }) => ({ NODE_EXTRA_CA_CERTS: writeBundle(folder, expired.certificatePem) }),
    firstLine: /expired/i,
  },
  {
    ...FINAL,
    fault: "The certificate comes from an authority that is unknown here",
    certificate: () => foreign.issue(LOOPBACK),
    firstLine: /UNABLE_TO|unknown|not (?:known|trusted)|authority/i,
  },
  {
    ...FINAL,
    fault: "The certificate is for another host",
    certificate: (authority) => authority.issue({ dnsNames: ["proxy.example.com"] }),
    firstLine: /ALTNAME|host/i,
  },
  {
    ...FINAL,
    fault: "The server does not speak TLS",
    certificate: "none",
    env: ({ sts }) => ({ AWS_OIDC_STS_ENDPOINT: sts.url.replace("http:", "https:") }),
    firstLine: /TLS|SSL|EPROTO/,
  },
  {
    ...FINAL,
    fault:
      "`NODE_TLS_REJECT_UNAUTHORIZED` is 0, and the certificate from an authority that is not known here",
    certificate: () => foreign.issue(LOOPBACK),
    env: () => ({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }),
    exitCode: 2,
    firstLine: /The configuration has one problem; nothing was sent/,
    log: /NODE_TLS_REJECT_UNAUTHORIZED: "0", which tells Node to accept any certificate/,
    connections: 0,
  },
  {
    fault: "`AWS_CA_BUNDLE` names the authority",
    seconds: 30,
    env: ({ authority, folder }) => ({
      NODE_EXTRA_CA_CERTS: undefined,
      AWS_CA_BUNDLE: writeBundle(folder, authority.certificatePem),
    }),
    exitCode: 0,
    firstLine: /assumed-role\/deploy/,
    requests: 2,
    connections: 1,
    askedAgain: "no",
    takes: "at once",
  },
  {
    ...FINAL,
    fault: "`AWS_CA_BUNDLE` names another authority, and replaces `NODE_EXTRA_CA_CERTS`",
    env: ({ folder }) => ({ AWS_CA_BUNDLE: writeBundle(folder, foreign.certificatePem) }),
    firstLine: /UNABLE_TO|unknown|not (?:known|trusted)|authority/i,
  },
  {
    ...FINAL,
    fault: "`AWS_CA_BUNDLE` names a file that does not exist",
    env: ({ folder }) => ({ AWS_CA_BUNDLE: join(folder, "nowhere.pem") }),
    exitCode: 2,
    firstLine: /AWS_CA_BUNDLE.*cannot be read/,
    connections: 0,
  },
  {
    ...FINAL,
    fault: "`AWS_CA_BUNDLE` names a file without a certificate",
    env: ({ folder }) => ({ AWS_CA_BUNDLE: writeBundle(folder, "no certificate\n") }),
    exitCode: 2,
    firstLine: /AWS_CA_BUNDLE.*no certificate/,
    connections: 0,
  },
];
