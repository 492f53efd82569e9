import type { CatalogueCause } from "../entry.ts";
import type { PastedEntry } from "./pasted-entry.ts";

const INSPECTION: CatalogueCause = {
  id: "tls-inspection",
  reason:
    "A TLS-inspecting proxy signs with the company's own root certificate, which the job's image does not know.",
  fix:
    "Put that root certificate into a CI/CD variable of type File, and point the tool to it:\n" +
    "variables:\n  AWS_CA_BUNDLE: $COMPANY_ROOT_CA   # Python and the AWS CLI; replaces all public authorities, so add those you need\n" +
    "  NODE_EXTRA_CA_CERTS: $COMPANY_ROOT_CA\n  SSL_CERT_FILE: $COMPANY_ROOT_CA   # Go, OpenSSL; replaces them too",
};

const CLOCK = "Correct the time service (NTP) on the runner.";

/** Certificates and TLS, in the words of OpenSSL, Node, Python, Go, Java and Rust. */
export const TLS_ENTRIES: readonly PastedEntry[] = [
  {
    id: "proxy-certificate",
    words: [/the proxy (?<proxy>\S+): (?:ERR_TLS_CERT|UNABLE_TO|SELF_SIGNED|CERT_|DEPTH_ZERO)/],
    title: "the proxy …: ERR_TLS_CERT_ALTNAME_INVALID, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    verdict: "The proxy {proxy} has a certificate that is not accepted",
    causes: [
      {
        id: "proxy-certificate",
        reason: "It is for another host, has expired, or this image does not know its authority.",
        fix: "Use a host in HTTPS_PROXY that the certificate names, or put its authority into a CI/CD variable of type File and point NODE_EXTRA_CA_CERTS to it.",
      },
    ],
  },
  {
    id: "certificate-not-yet-valid",
    words: [
      /\bCERT_NOT_YET_VALID\b|certificate is not yet valid(?!: current time \S+ is after)|current time \S+ is before|CertificateNotYetValidException/,
    ],
    title: "CERT_NOT_YET_VALID",
    verdict: "A certificate of {endpoint} is not valid yet, according to this machine's clock",
    causes: [{ id: "runner-clock", reason: "The runner's clock is behind.", fix: CLOCK }],
  },
  {
    id: "certificate-expired",
    words: [/\bCERT_HAS_EXPIRED\b|certificate has expired|certificate expired|CertificateExpiredException/i],
    title: "CERT_HAS_EXPIRED",
    verdict: "A certificate of {endpoint} has expired, according to this machine's clock",
    causes: [
      {
        id: "expired",
        reason: "The certificate of the server, of a proxy, or of the authority above it has expired.",
        fix: "openssl s_client -connect <host>:443 -showcerts </dev/null | openssl x509 -noout -dates   # then have it renewed",
      },
      {
        id: "old-image",
        reason: "The image is old, and its public authorities are out of date.",
        fix: "Use a newer image, or update its package `ca-certificates`.",
      },
      { id: "runner-clock", reason: "The runner's clock is far ahead.", fix: CLOCK },
    ],
  },
  {
    id: "other-name",
    words: [
      /\bERR_TLS_CERT_ALTNAME_INVALID\b|Hostname\/IP does not match certificate's altnames|HOSTNAME_MISMATCH|Hostname mismatch|certificate is valid for .{1,300}, not |hostname '.{1,200}' doesn't match|No subject alternative (?:DNS )?names? |is not valid for the name|doesn't contain any IP SANs|SSLPeerUnverifiedException/i,
    ],
    title: "ERR_TLS_CERT_ALTNAME_INVALID",
    verdict: "The certificate of {endpoint} is for another host name",
    causes: [
      {
        id: "other-host",
        reason:
          "The certificate does not name the host in the URL. This is common for buckets with dots in their name and for VPC endpoints without private DNS.",
        fix: "Use a name in the certificate: for a VPC endpoint, the Region's own host with private DNS, or vpce-….<region>.vpce.amazonaws.com.",
      },
      {
        id: "other-server",
        reason: "A proxy or captive portal answers instead.",
        fix: "Check HTTPS_PROXY and NO_PROXY, and what the name resolves to on this runner.",
      },
    ],
  },
  {
    id: "unknown-authority",
    words: [
      /\bSELF_SIGNED_CERT_IN_CHAIN\b|\bUNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?\b/,
      /self[- ]signed certificate in certificate chain|unable to get (?:local )?issuer certificate/i,
      /certificate signed by unknown authority|PKIX path building failed|unable to find valid certification path|UnknownIssuer|invalid peer certificate/,
    ],
    title: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY, SELF_SIGNED_CERT_IN_CHAIN",
    verdict: "The authority that signed the certificate of {endpoint} is not trusted here",
    causes: [
      INSPECTION,
      {
        id: "no-authorities",
        reason:
          "The image has no public authorities at all (slim images do not), or AWS_CA_BUNDLE names a file without the right one.",
        fix: "Install `ca-certificates` in the image; check AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE and SSL_CERT_FILE.",
      },
    ],
  },
  {
    id: "missing-intermediate",
    words: [/\bUNABLE_TO_VERIFY_LEAF_SIGNATURE\b|unable to verify the first certificate/i],
    title: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    verdict: "The intermediate certificate that signed the certificate of {endpoint} is missing",
    causes: [
      {
        id: "incomplete-chain",
        reason: "The server or a proxy sends only its own certificate, without the intermediate above it.",
        fix: "Make it send the whole chain, or add the intermediate to the file in NODE_EXTRA_CA_CERTS.",
      },
      INSPECTION,
    ],
  },
  {
    id: "self-signed",
    words: [/\bDEPTH_ZERO_SELF_SIGNED_CERT\b|self[- ]signed certificate(?! in)/i],
    title: "DEPTH_ZERO_SELF_SIGNED_CERT",
    verdict: "The certificate of {endpoint} is self-signed",
    causes: [
      {
        id: "self-signed",
        reason:
          "The answer does not come from an AWS service, whose certificates are never self-signed: it is your own server, a proxy or a stand-in.",
        fix: "If that is intended, put that certificate into a CI/CD variable of type File, and point NODE_EXTRA_CA_CERTS or AWS_CA_BUNDLE to it.",
      },
    ],
  },
  {
    id: "untrusted-certificate",
    words: [
      /CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSL certificate problem|SSLHandshakeException|server certificate verification failed|x509: /i,
    ],
    title: "SSL: CERTIFICATE_VERIFY_FAILED",
    verdict: "The certificate of {endpoint} is not accepted",
    causes: [INSPECTION],
  },
  {
    id: "tls-protocol",
    words: [
      /\bEPROTO\b|\bERR_SSL_[A-Z\d_]+|WRONG_VERSION_NUMBER|wrong version number|first record does not look like a TLS handshake|handshake failure|SSLError|tlsv1 alert/i,
    ],
    title: "EPROTO or ERR_SSL_WRONG_VERSION_NUMBER: wrong version number",
    verdict: "A TLS connection to {endpoint} could not be made",
    causes: [
      {
        id: "plain-http",
        reason: "The other side does not speak TLS on this port, or only versions before TLS 1.2.",
        fix: "Check the scheme and port of the endpoint and of HTTPS_PROXY: most proxies are http://<proxy>:<port>.",
      },
    ],
  },
];
