import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LeafOptions } from "../../fakes/certificates.ts";
import type { FaultCase } from "../fault-case.ts";
import { PROXY_CREDENTIALS } from "../run-case.ts";

/** Runs the script with a name service of its own. */
const WITH_NAME_SERVICE = [
  process.execPath,
  "--import",
  join(import.meta.dirname, "../name-service.ts"),
] as const;

/** A proxy reached over TLS by this URL, and STS behind it, by a name that only the proxy knows. */
function overTls(
  proxyHost: string,
  certificate: LeafOptions,
): Required<Pick<FaultCase, "command" | "proxy" | "env">> {
  return {
    command: WITH_NAME_SERVICE,
    proxy: async ({ sts, authority }) => ({
      tls: await authority.issue(certificate),
      routes: { [`sts.test:${sts.port}`]: { toPort: sts.port } },
    }),
    env: ({ proxy, sts }) => ({
      HTTPS_PROXY: proxy.url.replace("127.0.0.1", proxyHost),
      AWS_OIDC_STS_ENDPOINT: `https://sts.test:${sts.port}`,
      NAME_SERVICE: JSON.stringify({ "proxy.test": ["127.0.0.1"] }),
    }),
  };
}

/** A run through a proxy that lets it through: both requests use the one tunnel. */
const THROUGH = {
  seconds: 30,
  exitCode: 0,
  firstLine: /assumed-role\/deploy/,
  requests: 2,
  connections: 1,
  tunnels: 1,
  askedAgain: "no",
  takes: "at once",
} as const;

/** A run past the proxy. */
const PAST = { ...THROUGH, tunnels: 0 } as const;

/** Nobody listens on port 1. */
const DEAD_PROXY = "http://127.0.0.1:1";

/** Between the runner and STS. */
export const PROXY_CASES: readonly FaultCase[] = [
  {
    ...THROUGH,
    fault: "All traffic goes through `HTTPS_PROXY`",
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
  },
  {
    ...THROUGH,
    fault: "`https_proxy`, which takes precedence over `HTTPS_PROXY`",
    env: ({ proxy }) => ({ https_proxy: proxy.url, HTTPS_PROXY: DEAD_PROXY }),
  },
  {
    ...THROUGH,
    fault: "`ALL_PROXY`",
    env: ({ proxy }) => ({ ALL_PROXY: proxy.url, HTTP_PROXY: DEAD_PROXY }),
  },
  {
    ...PAST,
    fault: "An endpoint with `http:`, which no proxy may read",
    certificate: "none",
    env: ({ proxy: { url } }) => ({
      HTTP_PROXY: url,
      HTTPS_PROXY: url,
      ALL_PROXY: url,
      NODE_USE_ENV_PROXY: "1",
    }),
  },
  {
    ...PAST,
    fault: "Only `HTTP_PROXY`, which does not apply to https",
    seconds: 60,
    boundSeconds: 20,
    env: ({ proxy }) => ({ HTTP_PROXY: proxy.url, AWS_OIDC_STS_ENDPOINT: "https://127.0.0.1:1" }),
    exitCode: 1,
    firstLine: /refused/i,
    log: /HTTP_PROXY is set, but it applies to http only/,
    requests: 0,
    connections: 0,
    askedAgain: "yes",
    takes: "4 s, because the endpoint is given by URL",
  },
  {
    ...PAST,
    fault: "`NO_PROXY` lists the host",
    env: () => ({ HTTPS_PROXY: DEAD_PROXY, NO_PROXY: "example.com, 127.0.0.1" }),
  },
  {
    ...PAST,
    fault: "`NO_PROXY` lists the network of the host",
    env: () => ({ HTTPS_PROXY: DEAD_PROXY, NO_PROXY: "127.0.0.0/8" }),
  },
  {
    ...THROUGH,
    fault: "The proxy wants a password, and `HTTPS_PROXY` has it",
    proxy: () => ({ credentials: PROXY_CREDENTIALS }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.urlWithCredentials }),
  },
  {
    ...THROUGH,
    fault: "The proxy itself is reached over TLS",
    proxy: async ({ authority }) => ({ tls: await authority.issue({ ipAddresses: ["127.0.0.1"] }) }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
  },
  {
    ...THROUGH,
    ...overTls("proxy.test", { dnsNames: ["proxy.test"] }),
    fault: "The proxy is reached over TLS by its name, and knows that of STS",
  },
  {
    ...THROUGH,
    ...overTls("127.0.0.1", { ipAddresses: ["127.0.0.1"] }),
    fault: "The proxy is reached over TLS by its address, and knows the name of STS",
  },
  {
    ...PAST,
    ...overTls("proxy.test", { dnsNames: ["sts.test"] }),
    fault: "The proxy is reached over TLS, and has a certificate for STS instead of its own",
    exitCode: 1,
    firstLine: /proxy.*ALTNAME/,
    requests: 0,
    connections: 0,
  },
  {
    ...PAST,
    fault: "The proxy does not speak TLS, and `HTTPS_PROXY` begins with `https:`",
    seconds: 3,
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url.replace("http:", "https:") }),
    exitCode: 1,
    firstLine: /proxy.*EPROTO/,
    log: /most proxies do not speak TLS/,
    requests: 0,
    connections: 0,
  },
  {
    ...PAST,
    fault: "The proxy itself is reached over TLS, and its certificate is for another host",
    proxy: async ({ authority }) => ({ tls: await authority.issue({ dnsNames: ["proxy.example.com"] }) }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
    exitCode: 1,
    firstLine: /proxy.*ALTNAME/,
    log: /the proxy https:/,
    requests: 0,
    connections: 0,
  },
  {
    ...PAST,
    fault: "The proxy wants a password, and `HTTPS_PROXY` has none",
    proxy: () => ({ credentials: PROXY_CREDENTIALS }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
    exitCode: 1,
    firstLine: /407/,
    requests: 0,
    connections: 0,
    tunnels: 1,
  },
  {
    ...PAST,
    fault: "The proxy does not allow the host",
    proxy: () => ({ otherwise: { refuseWith: 403 } }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
    exitCode: 1,
    firstLine: /403/,
    requests: 0,
    connections: 0,
    tunnels: 1,
  },
  {
    ...PAST,
    fault: "The proxy cannot reach the host",
    seconds: 3,
    proxy: () => ({ otherwise: { refuseWith: 502 } }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
    exitCode: 1,
    firstLine: /502/,
    requests: 0,
    connections: 0,
    tunnels: [2, 20],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    ...PAST,
    fault: "The proxy does not answer",
    // A third of it is well above what connecting may take.
    seconds: 24,
    proxy: () => ({ otherwise: "hang" }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
    exitCode: 1,
    firstLine: /proxy.*in time/,
    requests: 0,
    connections: 0,
    tunnels: [3, 4],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    ...PAST,
    fault: "Nothing listens where the proxy should be",
    seconds: 3,
    env: () => ({ HTTPS_PROXY: DEAD_PROXY }),
    exitCode: 1,
    firstLine: /refused/i,
    log: /the proxy http:\/\/127\.0\.0\.1:1: /,
    requests: 0,
    connections: 0,
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    ...PAST,
    fault: "`HTTPS_PROXY` is not the URL of a proxy",
    env: () => ({ HTTPS_PROXY: `socks5://runner:${PROXY_CREDENTIALS.password}@127.0.0.1:1` }),
    exitCode: 2,
    firstLine: /HTTPS_PROXY/,
    requests: 0,
    connections: 0,
  },
  {
    ...PAST,
    fault: "`HTTPS_PROXY` has no port",
    env: () => ({ HTTPS_PROXY: "http://127.0.0.1" }),
    exitCode: 2,
    firstLine: /HTTPS_PROXY names a proxy without its port/,
    requests: 0,
    connections: 0,
  },
  {
    ...PAST,
    fault: "The password in `HTTPS_PROXY` is not UTF-8",
    env: () => ({
      HTTPS_PROXY: `http://runner:%ff${encodeURIComponent(PROXY_CREDENTIALS.password)}@127.0.0.1:1`,
    }),
    exitCode: 2,
    firstLine: /HTTPS_PROXY has a user name or password that is not percent-encoded UTF-8/,
    requests: 0,
    connections: 0,
  },
  {
    ...PAST,
    fault: "The proxy inspects TLS with an authority that is unknown here",
    proxy: ({ second }) => ({ otherwise: { toPort: second.port } }),
    env: ({ proxy, folder }) => {
      const file = join(folder, "empty.pem");
      writeFileSync(file, "");
      return { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: file };
    },
    exitCode: 1,
    firstLine: /UNABLE_TO|unknown|not (?:known|trusted)|authority/i,
    requests: 0,
    connections: 0,
    tunnels: 1,
  },
];
