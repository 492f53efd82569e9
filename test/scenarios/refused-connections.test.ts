import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ServerCertificate } from "../../stand-ins/http-listener.ts";
import { type Sts, startSts } from "../../stand-ins/sts/server.ts";
import { createAuthority, type LeafOptions } from "../fakes/certificates.ts";
import { type Route, startProxy } from "../fakes/proxy.ts";
import { describeWorld, startWorld, type World } from "../fakes/world.ts";
import { startDeadListener } from "../faults/dead-listener.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";
import { expectLogOf } from "./refused-log.ts";
import { createSelfSigned } from "./self-signed.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Closable = { close(): Promise<void> };

/** A way in which no answer of STS comes, and what it takes to arrange it. */
interface Failure {
  readonly id: string;
  /** How many requests reach STS, none unless given. */
  readonly requests?: number;
  readonly arrange: (closeLater: (thing: Closable) => void) => Promise<Environment> | Environment;
}

const LOOPBACK = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] } as const;
const DAY_MS = 86_400_000;
const past = { notBefore: new Date(Date.now() - 3 * DAY_MS), notAfter: new Date(Date.now() - 2 * DAY_MS) };
const future = { notBefore: new Date(Date.now() + DAY_MS), notAfter: new Date(Date.now() + 2 * DAY_MS) };

/** Nobody listens on port 1. */
const NOBODY = "https://127.0.0.1:1";
/** Loaded into the run, so that no name leaves the machine. */
const NAME_SERVICE = join(import.meta.dirname, "../faults/name-service.ts");

const DEAD_PROXY = "http://127.0.0.1:1";

let world: World;
beforeAll(async () => {
  world = await startWorld({ tls: true });
});
afterAll(() => world.close());

async function startOther(
  tls: ServerCertificate | undefined,
  closeLater: (thing: Closable) => void,
): Promise<Sts> {
  const sts = await startSts({ world: describeWorld(), tls });
  closeLater(sts);
  return sts;
}

/** STS with a certificate that is not right. */
function withCertificate(issue: () => Promise<ServerCertificate>): Failure["arrange"] {
  return async (closeLater) => ({ AWS_OIDC_STS_ENDPOINT: (await startOther(await issue(), closeLater)).url });
}

/** STS under a name that the run's own name service answers for. */
function named(code: string): Failure["arrange"] {
  return () => ({
    AWS_OIDC_STS_ENDPOINT: "https://sts.test",
    NAME_SERVICE: JSON.stringify({ "sts.test": code }),
  });
}

function behindProxy(otherwise: Route): Failure["arrange"] {
  return async (closeLater) => {
    const proxy = await startProxy({ otherwise });
    closeLater(proxy);
    return { HTTPS_PROXY: proxy.url };
  };
}

/** A certificate of an authority that no run knows, sent with that authority's own above it. */
async function issueWithChain(): Promise<ServerCertificate> {
  const foreign = await createAuthority({ commonName: "Company Root CA" });
  const leaf = await foreign.issue(LOOPBACK);
  return { ...leaf, certificatePem: `${leaf.certificatePem}\n${foreign.certificatePem}` };
}

async function issueWithoutChain(): Promise<ServerCertificate> {
  return (await createAuthority({ commonName: "Company Root CA" })).issue(LOOPBACK);
}

async function issueByKnown(leaf: LeafOptions): Promise<ServerCertificate> {
  if (world.authority === undefined) throw new Error("the world has no authority");
  return world.authority.issue(leaf);
}

const FAILURES: readonly Failure[] = [
  { id: "name-not-found", arrange: named("ENOTFOUND") },
  { id: "name-server-down", arrange: named("EAI_AGAIN") },
  { id: "no-route", arrange: named("ENETUNREACH") },
  { id: "connection-refused", arrange: () => ({ AWS_OIDC_STS_ENDPOINT: NOBODY }) },
  {
    id: "connection-reset",
    requests: 1,
    arrange: () => {
      world.sts.misbehave({ fault: { kind: "reset-mid-body" } });
      return {};
    },
  },
  {
    id: "connect-timeout",
    arrange: async (closeLater) => {
      const dead = await startDeadListener("127.0.0.2");
      closeLater(dead);
      return { AWS_OIDC_STS_ENDPOINT: `https://127.0.0.2:${dead.port}` };
    },
  },
  {
    id: "answer-timeout",
    requests: 1,
    arrange: () => {
      world.sts.misbehave({ fault: { kind: "hang" } });
      // A third of it is what one request may take: enough for a slow machine to send it.
      return { AWS_OIDC_TIMEOUT_SECONDS: "15" };
    },
  },
  {
    id: "gateway-error",
    requests: 1,
    arrange: () => {
      world.sts.misbehave({ fault: { kind: "server-error", status: 502, body: "none" } });
      return {};
    },
  },
  {
    id: "not-sts",
    requests: 1,
    arrange: () => {
      world.sts.misbehave({ fault: { kind: "html" } });
      return {};
    },
  },
  {
    id: "proxy-password",
    arrange: async (closeLater) => {
      const proxy = await startProxy({ credentials: { user: "runner", password: "throw-away-password" } });
      closeLater(proxy);
      return { HTTPS_PROXY: proxy.url };
    },
  },
  { id: "proxy-refused", arrange: behindProxy({ refuseWith: 403 }) },
  {
    id: "proxy-certificate",
    arrange: async (closeLater) => {
      const proxy = await startProxy({ tls: await issueByKnown({ dnsNames: ["proxy.example.com"] }) });
      closeLater(proxy);
      return { HTTPS_PROXY: proxy.url };
    },
  },
  { id: "proxy-unreachable", arrange: () => ({ HTTPS_PROXY: DEAD_PROXY }) },
  { id: "proxy-timeout", arrange: behindProxy("hang") },
  { id: "unknown-authority", arrange: withCertificate(issueWithChain) },
  { id: "missing-intermediate", arrange: withCertificate(issueWithoutChain) },
  { id: "self-signed", arrange: withCertificate(createSelfSigned) },
  { id: "certificate-expired", arrange: withCertificate(() => issueByKnown({ ...LOOPBACK, ...past })) },
  {
    id: "certificate-not-yet-valid",
    arrange: withCertificate(() => issueByKnown({ ...LOOPBACK, ...future })),
  },
  { id: "other-name", arrange: withCertificate(() => issueByKnown({ dnsNames: ["sts.example.com"] })) },
  {
    id: "tls-protocol",
    arrange: async (closeLater) => ({
      AWS_OIDC_STS_ENDPOINT: (await startOther(undefined, closeLater)).url.replace("http:", "https:"),
    }),
  },
];

it.each(FAILURES)("explains $id", async ({ id, requests = 0, arrange }) => {
  const things: Closable[] = [];
  try {
    const env = await arrange((thing) => things.push(thing));
    const run = await runInWorld(world, {
      env: { AWS_MAX_ATTEMPTS: "1", ...env },
      node: [process.execPath, "--import", NAME_SERVICE],
    });
    expect(run.exitCode).toBe(1);
    expect(run.files).toEqual([]);
    expect(run.actions).toHaveLength(requests);
    await expectLogOf(id, transcript(run));
  } finally {
    world.sts.behave();
    await Promise.all(things.map((thing) => thing.close()));
  }
});
