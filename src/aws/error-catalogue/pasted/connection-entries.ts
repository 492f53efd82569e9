import type { CatalogueCause } from "../entry.ts";
import { ofAws, type PastedEntry, whereItSays } from "./pasted-entry.ts";

const MISSING_PROXY: CatalogueCause = {
  id: "missing-proxy",
  reason:
    "If this runner reaches the Internet only through a proxy: none is set in this job, or the tool ignores it.",
  fix: "variables:\n  HTTPS_PROXY: http://<proxy>:<port>",
};

const FIREWALL: CatalogueCause = {
  id: "firewall",
  reason: "A firewall, security group or route between the runner and {endpoint} blocks the connection.",
  fix: "Have the port opened for the runner. Run this there to see whether it is open:\ncurl -sv https://{endpointHost}/",
};

const VPC_ENDPOINT: CatalogueCause = {
  id: "vpc-endpoint",
  reason: "The runner's subnet has no route to the Internet, and no VPC endpoint for this service.",
  fix: "Add an interface endpoint for the service with private DNS (for STS also the input `sts-endpoint`), or a NAT gateway.",
  likelihood: ofAws,
};

const REGION_NAME: CatalogueCause = {
  id: "region-name",
  reason: "The Region in the host name is wrong, or the service does not exist there.",
  fix: "Check the input `region`, AWS_REGION, and the Region in the tool's own settings.",
  likelihood: ofAws,
};

const DNS: CatalogueCause = {
  id: "dns",
  reason: "The runner's name server does not know the host.",
  fix: "Try it on the runner, in the job's image:\ngetent hosts {endpointHost}",
};

const PRIVATE_CLUSTER: CatalogueCause = {
  id: "private-cluster",
  reason: "The cluster's API is private, or admits only certain addresses.",
  fix: "Run the job on a runner in the cluster's VPC, or add the runner's address to the cluster's public access CIDRs.",
  likelihood: whereItSays(/\.eks\.amazonaws\.com/),
};

const TRY_AGAIN = "Retry the job; if it recurs, check the runner's proxy, firewall and load.";

/** Connections that failed, in the words of any program. What a proxy says comes first. */
export const CONNECTION_ENTRIES: readonly PastedEntry[] = [
  {
    id: "proxy-password",
    words: [
      /\b407\b.{0,60}Proxy Authentication Required|Proxy Authentication Required|(?:Received HTTP code|Tunnel connection failed:|statusCode ?=) ?407|PROXY_407/i,
    ],
    title: "407 Proxy Authentication Required",
    verdict: "The proxy wants a user name and password (407)",
    causes: [
      {
        id: "proxy-password",
        reason: "The proxy's URL has none, or wrong ones.",
        fix: "HTTPS_PROXY: http://<user>:<password>@<proxy>:<port>   # as a masked CI/CD variable, percent-encoded",
      },
    ],
  },
  {
    id: "proxy-refused",
    words: [
      /Tunnel connection failed: (?<answer>\d{3}[\w ]*)/,
      /Received HTTP code (?<answer>\d{3}) from proxy/,
      /tunneling socket could not be established, (?<answer>statusCode=\d{3})/,
      /(?<answer>403 Forbidden) from the proxy/,
    ],
    title: "403 Forbidden from the proxy",
    verdict: "The proxy blocks the connection: {answer}",
    causes: [
      {
        id: "proxy-rules",
        reason: "Its rules do not allow the host, or it cannot reach the host itself.",
        fix: "Ask for {endpoint} to be allowed there, or list it in NO_PROXY if the runner reaches it directly.",
      },
    ],
  },
  {
    id: "proxy-timeout",
    words: [/the proxy (?<proxy>\S+): no answer within/],
    title: "the proxy …: no answer within",
    verdict: "The proxy {proxy} did not answer in time",
    causes: [
      {
        id: "proxy-down",
        reason: "The proxy's host or port is wrong, or it is down.",
        fix: "Correct HTTPS_PROXY; list a host in NO_PROXY if the runner reaches it directly.",
      },
    ],
  },
  {
    id: "proxy-unreachable",
    words: [
      /the proxy (?<proxy>\S+): (?!ERR_TLS|UNABLE_TO|SELF_SIGNED|CERT_|DEPTH_ZERO)(?=\w)/,
      /proxyconnect tcp: |Failed to connect to proxy URL|(?:Unable|Cannot|Could not) (?:to )?connect to (?:the )?proxy|Could not resolve proxy|ProxyConnectionError/i,
    ],
    title: "the proxy …: connect ECONNREFUSED",
    verdict: "The proxy itself cannot be reached",
    causes: [
      {
        id: "proxy-down",
        reason: "The host or port in HTTPS_PROXY is wrong, or the proxy is down.",
        fix: "Correct HTTPS_PROXY; list a host in NO_PROXY if the runner reaches it directly.",
      },
      {
        id: "proxy-scheme",
        reason: "HTTPS_PROXY begins with https://, but most proxies do not speak TLS themselves.",
        fix: "Write http://<proxy>:<port>; requests to AWS are still encrypted.",
      },
    ],
  },
  {
    id: "name-server-down",
    words: [
      /\bEAI_AGAIN\b|Temporary failure in name resolution|server misbehaving|lookup \S+(?: on \S+)?:? .{0,80}i\/o timeout/,
    ],
    title: "getaddrinfo EAI_AGAIN",
    verdict: "{endpoint} cannot be found at the moment: the name server does not answer",
    causes: [
      {
        id: "dns",
        reason: "DNS fails on this runner, often in a container without a network.",
        fix: "Retry the job; if it recurs, check the DNS settings of the runner and of its containers.",
      },
      MISSING_PROXY,
    ],
  },
  {
    id: "name-not-found",
    words: [
      /\bENOTFOUND\b|no such host|Name or service not known|Could not resolve host|nodename nor servname|UnknownHostException|getaddrinfo failed|NameResolutionError|Failed to resolve '|dns error/i,
      /Inaccessible host: /,
    ],
    title: "getaddrinfo ENOTFOUND",
    verdict: "{endpoint} cannot be found: its name could not be looked up",
    causes: [DNS, MISSING_PROXY, REGION_NAME, VPC_ENDPOINT],
  },
  {
    id: "connection-refused",
    words: [/\bECONNREFUSED\b|[Cc]onnection refused|actively refused/],
    title: "connect ECONNREFUSED",
    verdict: "{endpoint} refused the connection: nothing listens there, or a firewall rejects it",
    causes: [FIREWALL, MISSING_PROXY, VPC_ENDPOINT],
  },
  {
    id: "connection-reset",
    words: [
      /\b(?:Get|Head|Post|Put|Patch|Delete) "https?:[^"]+": EOF\b/,
      /\b(?:ECONNRESET|EPIPE|ECONNABORTED)\b|connection reset by peer|Connection reset|Connection aborted|socket hang up|unexpected EOF|Connection was closed before we received a valid response|[Bb]roken pipe|Remote end closed connection/,
    ],
    title: "read ECONNRESET",
    verdict: "The connection to {endpoint} was cut",
    causes: [
      {
        id: "cut-on-the-way",
        reason: "A proxy, firewall or TLS-inspecting gateway ends it, or the network failed for a moment.",
        fix: TRY_AGAIN,
      },
    ],
  },
  {
    id: "no-route",
    words: [
      /\b(?:ENETUNREACH|EHOSTUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)\b|[Nn]etwork is unreachable|[Nn]o route to host/,
    ],
    title: "connect ENETUNREACH",
    verdict: "There is no route from the runner to {endpoint}",
    causes: [MISSING_PROXY, FIREWALL, VPC_ENDPOINT],
  },
  {
    id: "connect-timeout",
    words: [
      /\bETIMEDOUT\b|Connect timeout on endpoint URL|connect(?:ion)? (?:to \S+ )?timed ?out|ConnectTimeout|connect timeout|dial tcp:? .{0,120}i\/o timeout|Connection timed out|Operation timed out/i,
    ],
    title: "connect ETIMEDOUT",
    verdict: "{endpoint} did not accept the connection in time",
    causes: [PRIVATE_CLUSTER, FIREWALL, MISSING_PROXY, VPC_ENDPOINT],
  },
  {
    id: "answer-timeout",
    words: [
      /Read timeout on endpoint URL|[Rr]ead timed out|\bESOCKETTIMEDOUT\b|no complete answer within|Client\.Timeout exceeded while awaiting headers|TLS handshake timeout/,
    ],
    title: "no complete answer within",
    verdict: "{endpoint} did not answer in time",
    causes: [
      {
        id: "slow-path",
        reason: "It connected, but no answer came: a proxy or gateway holds it back.",
        fix: TRY_AGAIN,
      },
    ],
  },
  {
    id: "endpoint-unreachable",
    words: [
      /Could not connect to the endpoint URL|EndpointConnectionError|NoSuchEndpointError|dispatch failure/,
    ],
    title: "Could not connect to the endpoint URL",
    verdict: "The tool could not connect to {endpoint}, and does not say why",
    causes: [REGION_NAME, DNS, MISSING_PROXY, VPC_ENDPOINT],
  },
  {
    id: "gateway-error",
    words: [/\b50[234] Bad Gateway|\b504 Gateway Time-?out|HTTP 50[234] without an answer/i],
    title: "HTTP 502 without an answer from STS",
    verdict: "A gateway on the way failed and answered instead of the server",
    causes: [{ id: "gateway", reason: "A load balancer, VPC endpoint or proxy answered.", fix: TRY_AGAIN }],
  },
  {
    id: "not-sts",
    words: [
      /Deserialization error: |to see the raw response, inspect the hidden field|char '.{1,4}' is not expected/,
      /Unable to parse response \(|invalid XML received|not well-formed \(invalid token\)|expected element type <\w+> but have <html>/i,
      /failed to unmarshal error message|failed to decode response body|invalid character '<' looking for beginning of value|Unexpected token '?<'?(?:,| in JSON)|XML syntax error/,
      /Deserialization error: the answer is HTML or empty|what answered is not STS/,
    ],
    title: "Deserialization error: the answer is HTML or empty",
    verdict:
      "Something other than the service answered: the response cannot be read, for example a page of HTML",
    causes: [
      {
        id: "proxy-page",
        reason: "A proxy or login page between the runner and the service sent its own page.",
        fix: "curl -sv https://sts.us-east-1.amazonaws.com/   # on the runner: must redirect to aws.amazon.com/iam",
      },
      {
        id: "other-server",
        reason: "An endpoint given by URL belongs to another server.",
        fix: "Check AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS, the input `sts-endpoint` and `endpoint` in the tool's settings, or remove them.",
      },
      {
        id: "issuer-not-public",
        reason: "The tool read GitLab's own API, which asks for a sign-in.",
        fix: "Check the token that the tool uses for GitLab.",
        likelihood: whereItSays(/gitlab/i),
      },
    ],
  },
];
