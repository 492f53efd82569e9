import { AT_PROXY } from "./certificate-entries.ts";
import type { Situation } from "./context.ts";
import { type CatalogueCause, type CatalogueEntry, type Likelihood, ofIssuer, ofSts } from "./entry.ts";

function behindProxy({ proxyVariable }: Situation): Likelihood {
  return proxyVariable === undefined ? "excluded" : "shown";
}

function withoutProxy({ proxyVariable, unusedProxy }: Situation): Likelihood {
  return proxyVariable === undefined && unusedProxy === undefined ? "possible" : "excluded";
}

function atCustomEndpoint({ error, issuerPage }: Situation): Likelihood {
  return error.target.endpoint === undefined || issuerPage !== undefined ? "excluded" : "shown";
}

/** Why no proxy is used where one may be needed. */
const WITHOUT_PROXY: readonly [CatalogueCause, ...CatalogueCause[]] = [
  {
    id: "proxy-of-http",
    reason: "{unusedProxyVariable} is set, but it applies to http only, and this is https.",
    fix: "Set HTTPS_PROXY to the same URL, if the runner reaches the Internet through that proxy.",
    likelihood: ({ unusedProxy }) =>
      unusedProxy !== undefined && unusedProxy.exemptBy === undefined ? "shown" : "excluded",
  },
  {
    id: "exempt-from-proxy",
    reason: "{noProxyVariable} lists the host, so the proxy in {unusedProxyVariable} is not used for it.",
    fix: "Remove the host from {noProxyVariable}, if the runner reaches it only through the proxy.",
    likelihood: ({ unusedProxy }) => (unusedProxy?.exemptBy === undefined ? "excluded" : "shown"),
  },
  {
    id: "missing-proxy",
    reason: "This runner reaches the Internet only through a proxy, and none is set.",
    fix: "variables:\n  HTTPS_PROXY: http://<proxy>:<port>",
    likelihood: withoutProxy,
  },
];

const PROXY_DOWN: CatalogueCause = {
  id: "proxy-down",
  reason: "The host or port in {proxyVariable} is wrong, or the proxy is down.",
  fix: "Correct {proxyVariable}; list a host in NO_PROXY if the runner reaches it directly.",
};

const CHECK_ENDPOINT_FIX =
  "Check the input `sts-endpoint` and the variables AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL, or remove them.";

const WRONG_ENDPOINT: CatalogueCause = {
  id: "wrong-endpoint",
  reason: "Nothing answers at the endpoint given by URL: {target}.",
  fix: CHECK_ENDPOINT_FIX,
  likelihood: atCustomEndpoint,
};

const FIREWALL: readonly CatalogueCause[] = [
  {
    id: "firewall",
    reason:
      "A firewall between the runner and STS blocks the connection, or the runner cannot reach the Internet.",
    fix: "Allow the runner to reach port 443 of the STS endpoint, or add a VPC endpoint for STS (input `sts-endpoint`).",
    likelihood: ofSts,
  },
  {
    id: "firewall-to-issuer",
    reason: "A firewall between the runner and the issuer blocks the connection, or nothing listens there.",
    fix: "To let the doctor see what AWS sees, allow the runner to reach it. The exchange itself does not need it.",
    likelihood: ofIssuer,
  },
];

/** The connection: names, addresses, proxies, time. */
export const NETWORK_ENTRIES: readonly CatalogueEntry[] = [
  {
    id: "proxy-password",
    match: { kind: "network", code: /^PROXY_407$/ },
    title: "407 Proxy Authentication Required",
    verdict: "The proxy in {proxyVariable} wants a user name and password (407)",
    causes: [
      {
        id: "proxy-password",
        reason: "Its URL has none, or wrong ones.",
        fix: "HTTPS_PROXY: http://<user>:<password>@<proxy>:<port>   # as a masked CI/CD variable, percent-encoded",
      },
    ],
  },
  {
    id: "proxy-refused",
    match: { kind: "network", code: /^PROXY_\d+$/, message: /it answered (?<answer>.*)/ },
    title: "403 Forbidden from the proxy",
    verdict: "The proxy in {proxyVariable} does not connect to STS: {answer}",
    causes: [
      {
        id: "proxy-rules",
        reason: "Its rules do not allow the host, or it cannot reach the host itself.",
        fix: "Ask for the host to be allowed there, or list it in NO_PROXY if the runner reaches it directly.",
      },
    ],
  },
  {
    id: "proxy-unreachable",
    match: { kind: "network", code: /./, message: AT_PROXY },
    title: "the proxy …: connect ECONNREFUSED",
    verdict: "The proxy {proxy} in {proxyVariable} cannot be reached ({code})",
    causes: [
      {
        id: "proxy-scheme",
        reason: "{proxyVariable} begins with https://, but most proxies do not speak TLS.",
        fix: "Set {proxyVariable} to http://<proxy>:<port>; requests to STS are still encrypted.",
        likelihood: ({ error: { fault } }): Likelihood =>
          "code" in fault && fault.code === "EPROTO" ? "shown" : "excluded",
      },
      PROXY_DOWN,
    ],
  },
  {
    id: "proxy-timeout",
    match: { kind: "timeout", message: AT_PROXY },
    title: "the proxy …: no answer within",
    verdict: "The proxy {proxy} in {proxyVariable} did not answer in time",
    causes: [PROXY_DOWN],
  },
  {
    id: "name-not-found",
    match: { kind: "network", code: /^ENOTFOUND$/ },
    title: "getaddrinfo ENOTFOUND",
    verdict: "{target} cannot be reached: ENOTFOUND, its host name is unknown",
    causes: [
      WRONG_ENDPOINT,
      ...WITHOUT_PROXY,
      {
        id: "dns",
        reason: "The runner's name server does not know the host.",
        fix: "Check the Region's name in the input `region`, and the runner's DNS.",
        likelihood: ofSts,
      },
      {
        id: "dns-of-issuer",
        reason: "The runner's name server does not know the host.",
        fix: "Check the URL of the GitLab instance, and the runner's DNS.",
        likelihood: ofIssuer,
      },
    ],
  },
  {
    id: "name-server-down",
    match: { kind: "network", code: /^EAI_AGAIN$/ },
    title: "getaddrinfo EAI_AGAIN",
    verdict: "{target} cannot be reached: EAI_AGAIN, the runner's name server does not answer",
    causes: [
      {
        id: "dns",
        reason: "DNS fails on this runner, often in a container without a network.",
        fix: "Retry the job; if it recurs, check the DNS settings of the runner and of its containers.",
      },
      ...WITHOUT_PROXY,
    ],
  },
  {
    id: "connection-refused",
    match: { kind: "network", code: /^ECONNREFUSED$/ },
    title: "connect ECONNREFUSED",
    verdict: "{target} cannot be reached: ECONNREFUSED, the connection is refused",
    causes: [WRONG_ENDPOINT, ...WITHOUT_PROXY, ...FIREWALL],
  },
  {
    id: "connection-reset",
    match: { kind: "network", code: /^(?:ECONNRESET|EPIPE|ECONNABORTED)$/ },
    title: "read ECONNRESET",
    verdict: "{target}: the connection was cut ({code})",
    causes: [
      {
        id: "proxy-cuts",
        reason: "The proxy in {proxyVariable} ends the connection.",
        fix: "Ask for the host to be allowed there, or list it in NO_PROXY.",
        likelihood: behindProxy,
      },
      {
        id: "firewall-cuts",
        reason:
          "A firewall or a TLS-inspecting gateway ends the connection, or the network failed for a moment.",
        fix: "Retry the job; if it recurs, allow port 443 of the host without inspection.",
      },
    ],
  },
  {
    id: "no-route",
    match: { kind: "network", code: /^(?:ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL|ENETDOWN)$/ },
    title: "connect ENETUNREACH",
    verdict: "{target} cannot be reached: {code}, no route to it",
    causes: [...WITHOUT_PROXY, ...FIREWALL],
  },
  {
    id: "connect-timeout",
    match: { kind: "timeout", phase: "connect" },
    title: "connect ETIMEDOUT",
    verdict: "{target} did not accept the connection in time",
    causes: [WRONG_ENDPOINT, ...FIREWALL, ...WITHOUT_PROXY],
  },
  {
    id: "answer-timeout",
    match: { kind: "timeout", phase: "answer" },
    title: "no complete answer within",
    verdict: "{target} did not answer in time",
    causes: [
      {
        id: "slow-path",
        reason: "It connected, but no answer came: a proxy or gateway holds it back.",
        fix: "Retry the job; list other Regions in `fallback-regions`, and raise `timeout-seconds` if the network is slow.",
      },
    ],
  },
  {
    id: "gateway-error",
    match: { kind: "reply", httpStatus: /^5/ },
    title: "HTTP 502 without an answer from STS",
    verdict: "{target}: a gateway in between failed (HTTP {httpStatus})",
    causes: [
      {
        id: "gateway",
        reason: "The load balancer of STS or of a VPC endpoint, or a proxy, answered instead.",
        fix: "Retry the job; list other Regions in `fallback-regions`.",
      },
    ],
  },
  {
    id: "not-sts",
    match: { kind: "reply" },
    title: "Deserialization error: the answer is HTML or empty",
    verdict: "{target}: the answer is not from STS ({answered})",
    causes: [
      {
        id: "proxy-page",
        reason: "The proxy in {proxyVariable} sent its own page.",
        fix: "Ask for the STS host to be allowed there without a login page, or list it in NO_PROXY.",
        likelihood: behindProxy,
      },
      {
        id: "other-server",
        reason: "The URL belongs to another server: {target}.",
        fix: CHECK_ENDPOINT_FIX,
        likelihood: atCustomEndpoint,
      },
      {
        id: "captive-portal",
        reason: "There is a transparent proxy or login page between the runner and STS.",
        fix: "curl -sv https://sts.us-east-1.amazonaws.com/   # on the runner: must redirect to aws.amazon.com/iam",
      },
    ],
  },
];
