import type { Situation } from "./context.ts";
import { type CatalogueCause, type CatalogueEntry, type Likelihood, ofIssuer, ofSts } from "./entry.ts";

const CLOCK_FIX = "Correct the time service (NTP) on the runner.";

const BUNDLE_IS_ALL: CatalogueCause = {
  id: "bundle-is-all",
  reason:
    "AWS_CA_BUNDLE is set: its certificates replace all public authorities, and it lacks the one needed.",
  fix: "Add that authority to the file, or unset AWS_CA_BUNDLE and name only your own in NODE_EXTRA_CA_CERTS.",
  likelihood: ({ certificateVariable }: Situation): Likelihood =>
    certificateVariable === "AWS_CA_BUNDLE" ? "shown" : "excluded",
};

const EXTRA_IS_OTHER: CatalogueCause = {
  id: "extra-is-other",
  reason: "NODE_EXTRA_CA_CERTS is set, but the file cannot be read or has a different authority.",
  fix: "Set it to the path of a PEM file with the root of the proxy's chain (GitLab: a variable of type File).",
  likelihood: ({ certificateVariable }: Situation): Likelihood =>
    certificateVariable === "NODE_EXTRA_CA_CERTS" ? "shown" : "excluded",
};

const TLS_INSPECTION: CatalogueCause = {
  id: "tls-inspection",
  reason:
    "A TLS-inspecting proxy signs with the company's own root certificate, which this image does not know.",
  fix: "Put that root certificate into a CI/CD variable of type File, and point to it:\nvariables:\n  NODE_EXTRA_CA_CERTS: $COMPANY_ROOT_CA",
  likelihood: ({ certificateVariable }: Situation): Likelihood =>
    certificateVariable === undefined ? "possible" : "excluded",
};

/** How the message of a connection begins that failed before the proxy let it through. */
export const AT_PROXY = /^the proxy (?<proxy>\S+): /;

/** Failures of TLS: which certificate is refused, and how to fix it. */
export const CERTIFICATE_ENTRIES: readonly CatalogueEntry[] = [
  {
    id: "proxy-certificate",
    match: {
      kind: "network",
      code: /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_|HOSTNAME_)/,
      message: AT_PROXY,
    },
    title: "the proxy …: ERR_TLS_CERT_ALTNAME_INVALID, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    verdict: "The proxy {proxy} in {proxyVariable} has a certificate that is not accepted ({code})",
    causes: [
      {
        id: "proxy-name",
        reason: "The certificate is for a different host from the one in {proxyVariable}.",
        fix: "Use a host in {proxyVariable} that the certificate names.",
        likelihood: ({ error: { fault } }): Likelihood =>
          "code" in fault && /ALTNAME|HOSTNAME/.test(fault.code) ? "shown" : "excluded",
      },
      {
        id: "proxy-authority",
        reason: "The certificate has expired, or this image does not know the authority that signed it.",
        fix: "Have it renewed, or put that authority into a CI/CD variable of type File, and point NODE_EXTRA_CA_CERTS to it.",
        likelihood: ({ error: { fault } }): Likelihood =>
          "code" in fault && /ALTNAME|HOSTNAME/.test(fault.code) ? "excluded" : "possible",
      },
    ],
  },
  {
    id: "unknown-authority",
    match: {
      kind: "network",
      code: /^(?:UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_GET_ISSUER_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/,
    },
    title: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY, SELF_SIGNED_CERT_IN_CHAIN",
    verdict: "{target}: the root certificate of its chain is not trusted here ({code})",
    causes: [BUNDLE_IS_ALL, EXTRA_IS_OTHER, TLS_INSPECTION],
  },
  {
    id: "missing-intermediate",
    match: { kind: "network", code: /^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/ },
    title: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    verdict: "{target}: the certificate that signed the server's is missing ({code})",
    causes: [
      {
        id: "incomplete-chain",
        reason: "The server or proxy sends only its own certificate, without the intermediate above it.",
        fix: "Make it send the whole chain, or add the intermediate to the file in {certificateVariable}.",
      },
      TLS_INSPECTION,
    ],
  },
  {
    id: "self-signed",
    match: { kind: "network", code: /^DEPTH_ZERO_SELF_SIGNED_CERT$/ },
    title: "DEPTH_ZERO_SELF_SIGNED_CERT",
    verdict: "{target}: the server's certificate is self-signed ({code})",
    causes: [
      {
        id: "self-signed",
        reason: "The answer does not come from AWS STS, but from a server or proxy with its own certificate.",
        fix: "If that is intended, put that certificate into a CI/CD variable of type File, and point NODE_EXTRA_CA_CERTS to it.",
        likelihood: ofSts,
      },
      {
        id: "self-signed-issuer",
        reason: "The instance, or a proxy in front of it, has a certificate that no authority signed.",
        fix: "Give the instance a certificate from a public authority, so that AWS can fetch its keys.",
        likelihood: ofIssuer,
      },
    ],
  },
  {
    id: "certificate-expired",
    match: { kind: "network", code: /^CERT_HAS_EXPIRED$/ },
    title: "CERT_HAS_EXPIRED",
    verdict: "{target}: a certificate of its chain has expired ({code})",
    causes: [
      {
        id: "expired",
        reason: "The certificate of the server, the proxy or the authority above it has expired.",
        fix: "openssl s_client -connect <host>:443 -showcerts </dev/null | openssl x509 -noout -dates   # then have it renewed",
      },
      {
        id: "runner-clock",
        reason: "The runner's clock is far ahead ({now}).",
        fix: CLOCK_FIX,
      },
    ],
  },
  {
    id: "certificate-not-yet-valid",
    match: { kind: "network", code: /^CERT_NOT_YET_VALID$/ },
    title: "CERT_NOT_YET_VALID",
    verdict: "{target}: a certificate of its chain is not valid yet ({code})",
    causes: [
      {
        id: "runner-clock",
        reason: "The runner's clock is behind ({now}).",
        fix: CLOCK_FIX,
      },
    ],
  },
  {
    id: "other-name",
    match: { kind: "network", code: /^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/ },
    title: "ERR_TLS_CERT_ALTNAME_INVALID",
    verdict: "{target}: the server's certificate is for another host name ({code})",
    causes: [
      {
        id: "other-host",
        reason: "The certificate does not name the host in the URL.",
        fix: "Use the name in the certificate: for a VPC endpoint, the Region's own host with private DNS, or vpce-….sts.<region>.vpce.amazonaws.com.",
        likelihood: ofSts,
      },
      {
        id: "other-host-of-issuer",
        reason: "The certificate does not name the host in the issuer's URL.",
        fix: "Give the instance a certificate that names this host.",
        likelihood: ofIssuer,
      },
      {
        id: "other-server",
        reason: "A proxy or captive portal answers instead.",
        fix: "Check HTTPS_PROXY and NO_PROXY, and what the name resolves to on this runner.",
      },
    ],
  },
  {
    id: "tls-protocol",
    match: {
      kind: "network",
      code: /^(?:EPROTO|ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|INVALID_|CRL_)/,
      message: /^(?!the proxy )/,
    },
    title: "EPROTO or ERR_SSL_WRONG_VERSION_NUMBER: wrong version number",
    verdict: "{target}: a TLS connection could not be made ({code})",
    causes: [
      {
        id: "plain-http",
        reason: "The other side does not speak TLS on this port, or only versions before TLS 1.2.",
        fix: "Check scheme and port in `sts-endpoint` and HTTPS_PROXY: most proxies are http://<proxy>:<port>.",
        likelihood: ofSts,
      },
      {
        id: "issuer-without-tls",
        reason: "The other side does not speak TLS on this port, or only versions before TLS 1.2.",
        fix: "Check which server answers at the issuer's URL.",
        likelihood: ofIssuer,
      },
    ],
  },
];
