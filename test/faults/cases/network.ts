import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { startDeadListener } from "../dead-listener.ts";
import type { Environment, FaultCase } from "../fault-case.ts";

/** Runs the script with a name service of its own. */
const WITH_NAME_SERVICE = [
  process.execPath,
  "--import",
  join(import.meta.dirname, "../name-service.ts"),
] as const;

/** STS under a name that only the case's own name service knows. */
function named(answer: unknown, port = 443): Environment {
  return {
    AWS_OIDC_STS_ENDPOINT: `https://sts.test:${port}`,
    NAME_SERVICE: JSON.stringify({ "sts.test": answer }),
  };
}

function makeFifo(folder: string): string {
  const path = join(folder, "fifo");
  execFileSync("mkfifo", [path]);
  return path;
}

/** No connection, or none that carries an answer. */
export const NETWORK_CASES: readonly FaultCase[] = [
  {
    fault: "Connection refused",
    seconds: 60,
    boundSeconds: 20,
    // Nobody listens on port 1, and only root could.
    env: () => ({ AWS_OIDC_STS_ENDPOINT: "https://127.0.0.1:1" }),
    exitCode: 1,
    firstLine: /refused/i,
    requests: 0,
    askedAgain: "yes",
    takes: "4 s, because the endpoint is given by URL",
  },
  {
    fault: "Every address of the host refuses",
    seconds: 60,
    boundSeconds: 20,
    command: WITH_NAME_SERVICE,
    env: () => named(["127.0.0.1", "127.0.0.2"], 1),
    exitCode: 1,
    firstLine: /refused/i,
    requests: 0,
    askedAgain: "yes",
    takes: "4 s, because the endpoint is given by URL",
  },
  {
    fault: "The first address of the host does not answer, the second does",
    seconds: 30,
    command: WITH_NAME_SERVICE,
    env: async ({ sts, closeLater }) => {
      closeLater(await startDeadListener("127.0.0.2", sts.port));
      return named(["127.0.0.2", "127.0.0.1"], sts.port);
    },
    exitCode: 0,
    firstLine: /assumed-role\/deploy/,
    requests: 2,
    askedAgain: "no",
    takes: "0.25 s more",
  },
  {
    fault: "Packets are dropped, as by a firewall",
    // A third of it is well above what connecting may take.
    seconds: 24,
    env: async ({ closeLater }) => {
      const dead = await startDeadListener("127.0.0.2");
      closeLater(dead);
      return { AWS_OIDC_STS_ENDPOINT: `https://127.0.0.2:${dead.port}` };
    },
    exitCode: 1,
    firstLine: /connect/,
    requests: 0,
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The host name does not exist",
    seconds: 3,
    command: WITH_NAME_SERVICE,
    env: () => named("ENOTFOUND"),
    exitCode: 1,
    firstLine: /ENOTFOUND|resolve/,
    requests: 0,
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The name server fails",
    seconds: 3,
    command: WITH_NAME_SERVICE,
    env: () => named("EAI_AGAIN"),
    exitCode: 1,
    firstLine: /EAI_AGAIN|resolve/,
    requests: 0,
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The first name server does not answer, the second does",
    seconds: 24,
    command: WITH_NAME_SERVICE,
    env: ({ sts }) => named({ after: 5000, addresses: ["127.0.0.1"] }, sts.port),
    exitCode: 0,
    firstLine: /assumed-role\/deploy/,
    requests: 2,
    connections: 1,
    askedAgain: "no",
    takes: "5 s more",
  },
  {
    fault: "No name server answers",
    seconds: 3,
    command: WITH_NAME_SERVICE,
    env: ({ folder }) => named({ hang: makeFifo(folder) }),
    exitCode: 1,
    firstLine: /in time/,
    requests: 0,
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The connection is accepted and nothing answers, not even the TLS handshake",
    seconds: 4,
    misbehave: [{ fault: { kind: "hang-at-accept" }, times: "forever" }],
    exitCode: 1,
    firstLine: /answer/,
    requests: 0,
    connections: [2, 4],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The first connection hangs, the next one works",
    seconds: 6,
    misbehave: [{ fault: { kind: "hang-at-accept" } }],
    exitCode: 0,
    firstLine: /assumed-role\/deploy/,
    requests: 2,
    connections: 2,
    askedAgain: "yes",
    takes: "10.5 s more",
  },
  {
    fault: "The connection is reset once accepted, forever",
    seconds: 3,
    misbehave: [{ fault: { kind: "close-at-accept" }, times: "forever" }],
    exitCode: 1,
    firstLine: /ECONNRESET|reset|closed/,
    requests: 0,
    connections: [2, 20],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The request is accepted and never answered",
    seconds: 6,
    misbehave: [{ fault: { kind: "hang" }, times: "forever" }],
    exitCode: 1,
    firstLine: /answer/,
    requests: [2, 4],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The headers of the answer arrive, and nothing after them",
    seconds: 6,
    misbehave: [{ fault: { kind: "stall-after-headers" }, times: "forever" }],
    exitCode: 1,
    firstLine: /answer/,
    requests: [2, 4],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The answer arrives at one byte a second",
    seconds: 6,
    misbehave: [{ fault: { kind: "trickle", intervalMs: 1000 }, times: "forever" }],
    exitCode: 1,
    firstLine: /answer/,
    requests: [2, 4],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "The connection is reset in the middle of the answer, once",
    seconds: 30,
    misbehave: [{ fault: { kind: "reset-mid-body" } }],
    exitCode: 0,
    firstLine: /assumed-role\/deploy/,
    requests: 3,
    askedAgain: "yes",
    takes: "0.5 s more",
  },
  {
    fault: "The connection is reset in the middle of the answer, forever",
    seconds: 3,
    misbehave: [{ fault: { kind: "reset-mid-body" }, times: "forever" }],
    exitCode: 1,
    firstLine: /ECONNRESET|reset|closed/,
    requests: [2, 20],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    fault: "GetCallerIdentity is never answered",
    seconds: 6,
    misbehave: [{ fault: { kind: "hang" }, action: "GetCallerIdentity", times: "forever" }],
    exitCode: 1,
    firstLine: /answer/,
    requests: [2, 4],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
];
