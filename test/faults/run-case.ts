import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sts, type StsOptions, startSts } from "../../stand-ins/sts/server.ts";
import type { LeafOptions } from "../fakes/certificates.ts";
import { startProxy } from "../fakes/proxy.ts";
import { describeWorld, type World } from "../fakes/world.ts";
import { runScript, type ScriptRun } from "../harness/run-script.ts";
import type { FaultCase, Stage } from "./fault-case.ts";

/** Names in the certificates of the stand-ins: loopback, the two Regions, and names that only a case's own name service knows. */
const NAMES: LeafOptions = {
  dnsNames: ["localhost", "sts.test", "sts.eu-west-1.amazonaws.com", "sts.eu-central-1.amazonaws.com"],
  ipAddresses: ["127.0.0.1", "::1"],
};

/** Password of the proxies that want one; it must not show anywhere. */
export const PROXY_CREDENTIALS = { user: "runner", password: "s3cret/proxy:p@ssword" } as const;

export interface Outcome {
  readonly run: ScriptRun;
  readonly requests: number;
  readonly connections: number;
  readonly tunnels: number;
}

/** Sets the stage, runs the real command in a process of its own, and counts what reached the stand-ins. */
export async function runCase(faultCase: FaultCase, world: World): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "aws-oidc-fault-"));
  const { stage, close } = await setStage(faultCase, world, folder);
  const job = world.environment({ issuedAt: new Date(Date.now() - (faultCase.clockOffMs ?? 0)) });
  try {
    const run = await runScript({
      env: {
        ...job,
        AWS_OIDC_STS_ENDPOINT: stage.sts.url,
        AWS_OIDC_TIMEOUT_SECONDS: String(faultCase.seconds),
        ...(await faultCase.env?.(stage)),
      },
      secrets: () => [
        ...stage.sts.secretsIssued(),
        ...stage.second.secretsIssued(),
        job.GITLAB_OIDC_TOKEN ?? "",
        PROXY_CREDENTIALS.password,
      ],
      ...(faultCase.prepare && { prepare: faultCase.prepare }),
      ...(faultCase.command && { node: faultCase.command }),
      during: async (child, runFolder) => faultCase.during?.(child, stage, runFolder),
    });
    return {
      run,
      requests: stage.sts.requests.length + stage.second.requests.length,
      connections: stage.sts.connections,
      tunnels: stage.proxy.requests.length,
    };
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function setStage(faultCase: FaultCase, world: World, folder: string) {
  const { authority } = world;
  if (authority === undefined) throw new Error("the world must have a certificate authority");
  const { certificate = () => authority.issue(NAMES), clockOffMs = 0 } = faultCase;
  const start = (options: Partial<StsOptions>): Promise<Sts> =>
    startSts({
      world: describeWorld(world.issuer.iss),
      issuers: { [world.issuer.iss]: world.issuer.url },
      clock: () => new Date(Date.now() - clockOffMs),
      ...options,
    });
  const sts = await start({
    tls: certificate === "none" ? undefined : await certificate(authority),
    ...faultCase.sts,
  });
  const second = await start({ tls: await authority.issue(NAMES) });
  const proxy = await startProxy(await faultCase.proxy?.({ sts, second, authority }));
  for (const misbehaviour of faultCase.misbehave ?? []) sts.misbehave(misbehaviour);
  for (const misbehaviour of faultCase.secondMisbehave ?? []) second.misbehave(misbehaviour);
  const things: { close(): Promise<void> }[] = [sts, second, proxy];
  const stage: Stage = { sts, second, proxy, authority, folder, closeLater: (thing) => things.push(thing) };
  return { stage, close: () => Promise.all(things.map((thing) => thing.close())) };
}
