import { join } from "node:path";
import { startDeadListener } from "../dead-listener.ts";
import type { FaultCase } from "../fault-case.ts";

const WITH_NAME_SERVICE = [
  process.execPath,
  "--import",
  join(import.meta.dirname, "../name-service.ts"),
] as const;

const ADMITTED = {
  seconds: 30,
  exitCode: 0,
  firstLine: /assumed-role\/deploy/,
  requests: 2,
  askedAgain: "no",
  takes: "at once",
} as const;

function named(addresses: readonly string[], port: number) {
  return {
    AWS_OIDC_STS_ENDPOINT: `https://sts.test:${port}`,
    NAME_SERVICE: JSON.stringify({ "sts.test": addresses }),
  };
}

/** What works like anything else, where there is IPv6 to show it. */
export const IPV6_CASES: readonly FaultCase[] = [
  { ...ADMITTED, fault: "an endpoint that is an IPv6 address", sts: { host: "::1" } },
  {
    ...ADMITTED,
    fault: "a host with IPv6 only",
    sts: { host: "::1" },
    command: WITH_NAME_SERVICE,
    env: ({ sts }) => named(["::1"], sts.port),
  },
  {
    ...ADMITTED,
    fault: "a dual-stack host that refuses connections over IPv6",
    command: WITH_NAME_SERVICE,
    env: ({ sts }) => named(["::1", "127.0.0.1"], sts.port),
  },
  {
    ...ADMITTED,
    fault: "a dual-stack host that does not answer over IPv6",
    command: WITH_NAME_SERVICE,
    env: async ({ sts, closeLater }) => {
      closeLater(await startDeadListener("::1", sts.port));
      return named(["::1", "127.0.0.1"], sts.port);
    },
  },
  {
    ...ADMITTED,
    fault: "a proxy and the endpoint behind it, with IPv6 addresses",
    sts: { host: "::1" },
    proxy: () => ({ host: "::1" }),
    env: ({ proxy }) => ({ HTTPS_PROXY: proxy.url }),
    tunnels: 1,
  },
];
