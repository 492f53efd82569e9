import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultCase } from "../fault-case.ts";
import { PROXY_CREDENTIALS } from "../run-case.ts";

/** A run through a proxy that lets it through: both requests use the one tunnel. */
const THROUGH = {
  seconds: 10,
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
    fault: "All ways out lead through `HTTPS_PROXY`",
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
  },
  {
    ...THROUGH,
    fault: "`https_proxy`, which wins over `HTTPS_PROXY`",
    env: ({ proxy }) => ({ https_proxy: proxy.url, HTTPS_PROXY: DEAD_PROXY }),
  },
  {
    ...THROUGH,
    fault: "`ALL_PROXY`",
    env: ({ proxy }) => ({ ALL_PROXY: proxy.url, HTTP_PROXY: DEAD_PROXY }),
  },
  {
    ...THROUGH,
    fault: "`HTTP_PROXY`, for an endpoint with `http:`",
    certificate: "none",
    env: ({ proxy }) => ({ HTTP_PROXY: proxy.url, HTTPS_PROXY: DEAD_PROXY }),
  },
  {
    ...PAST,
    fault: "`NO_PROXY` lists the host",
    env: () => ({ HTTPS_PROXY: DEAD_PROXY, NO_PROXY: "example.com, 127.0.0.1" }),
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
    ...PAST,
    fault: "The proxy itself is reached over TLS, and its certificate is for another host",
    proxy: async ({ authority }) => ({ tls: await authority.issue({ dnsNames: ["proxy.example.com"] }) }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
    exitCode: 1,
    firstLine: /ALTNAME|host/i,
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
    fault: "Nobody listens where the proxy should be",
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
    fault: "The proxy inspects TLS with an authority that is not known here",
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
