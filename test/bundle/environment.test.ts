import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpProxy, startProxy } from "../fakes/proxy.ts";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, type ScenarioRun } from "../harness/scenario.ts";

const VPC_ENDPOINT = "vpce-0a1b2c-d3e4f5.sts.eu-west-1.vpce.amazonaws.com";

/** Variables of the AWS SDKs, and the host that is asked for it, by a role in the partition `aws` unless given. */
const ENDPOINTS: readonly {
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
  readonly partition?: string;
}[] = [
  { env: {}, host: "sts.us-east-1.amazonaws.com" },
  { env: { AWS_REGION: "eu-west-1" }, host: "sts.eu-west-1.amazonaws.com" },
  { env: { AWS_DEFAULT_REGION: "ap-south-1" }, host: "sts.ap-south-1.amazonaws.com" },
  { env: { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "us-west-2" }, host: "sts.eu-west-1.amazonaws.com" },
  {
    env: { AWS_REGION: "us-west-2", AWS_USE_FIPS_ENDPOINT: "true" },
    host: "sts-fips.us-west-2.amazonaws.com",
  },
  { env: { AWS_REGION: "eu-west-1", AWS_USE_DUALSTACK_ENDPOINT: "true" }, host: "sts.eu-west-1.api.aws" },
  {
    env: { AWS_REGION: "us-east-2", AWS_USE_FIPS_ENDPOINT: "true", AWS_USE_DUALSTACK_ENDPOINT: "true" },
    host: "sts-fips.us-east-2.api.aws",
  },
  { env: { AWS_REGION: "eu-west-1", AWS_USE_FIPS_ENDPOINT: "false" }, host: "sts.eu-west-1.amazonaws.com" },
  { env: { AWS_ENDPOINT_URL_STS: `https://${VPC_ENDPOINT}` }, host: VPC_ENDPOINT },
  { env: { AWS_ENDPOINT_URL: `https://${VPC_ENDPOINT}` }, host: VPC_ENDPOINT },
  {
    env: {
      AWS_ENDPOINT_URL_STS: `https://${VPC_ENDPOINT}`,
      AWS_ENDPOINT_URL: "https://sts.eu-west-3.amazonaws.com",
    },
    host: VPC_ENDPOINT,
  },
  {
    env: {
      AWS_REGION: "eu-west-1",
      AWS_ENDPOINT_URL_STS: "https://sts.eu-west-3.amazonaws.com",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
    },
    host: "sts.eu-west-1.amazonaws.com",
  },
  { partition: "aws-cn", env: {}, host: "sts.cn-northwest-1.amazonaws.com.cn" },
  { partition: "aws-cn", env: { AWS_REGION: "cn-north-1" }, host: "sts.cn-north-1.amazonaws.com.cn" },
  { partition: "aws-us-gov", env: {}, host: "sts.us-gov-west-1.amazonaws.com" },
  {
    partition: "aws-us-gov",
    env: { AWS_REGION: "us-gov-east-1", AWS_USE_FIPS_ENDPOINT: "true" },
    host: "sts.us-gov-east-1.amazonaws.com",
  },
  { partition: "aws-eusc", env: {}, host: "sts.eusc-de-east-1.amazonaws.eu" },
];

let world: World;
let proxy: HttpProxy;
beforeAll(async () => {
  world = await startWorld({ tls: { dnsNames: [...new Set(ENDPOINTS.map(({ host }) => host))] } });
  // It takes every host name to the stand-in, so that the real ones can be asked for.
  proxy = await startProxy({ otherwise: { toPort: world.sts.port } });
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

/** Runs the bundle without an endpoint of its own, so that it has to find one. */
async function runWith(env: Readonly<Record<string, string>>): Promise<ScenarioRun> {
  return runInWorld(world, { env: { AWS_OIDC_STS_ENDPOINT: undefined, HTTPS_PROXY: proxy.url, ...env } });
}

describe("the endpoint that the environment asks for", () => {
  it.each(ENDPOINTS)("$host for $env", async ({ env, host, partition = "aws" }) => {
    const [tunnels, requests] = [proxy.requests.length, world.sts.requests.length];
    const run = await runWith({
      ...env,
      AWS_OIDC_ROLE_ARN: `arn:${partition}:iam::123456789012:role/deploy`,
    });
    expect(proxy.requests.slice(tunnels).map(({ destination }) => destination)).toEqual([`${host}:443`]);
    expect(world.sts.requests.slice(requests).map((request) => request.host)).toContain(host);
    // The stand-in has no account in the other partitions, and refuses.
    expect(run.exitCode).toBe(partition === "aws" ? 0 : 1);
  });
});

describe("the number of requests for one answer", () => {
  it.each([
    { env: { AWS_MAX_ATTEMPTS: "1" }, requests: 1 },
    { env: { AWS_MAX_ATTEMPTS: "2" }, requests: 2 },
  ])("$env: $requests", async ({ env, requests }) => {
    world.sts.misbehave({ fault: { kind: "server-error", status: 503 }, times: "forever" });
    const run = await runWith(env).finally(() => world.sts.behave());
    expect(run.actions).toHaveLength(requests);
    expect(run.exitCode).toBe(1);
  });
});

describe("the app id in the user agent", () => {
  it.each([
    { env: {}, appId: "gitlab-aws-oidc" },
    { env: { AWS_SDK_UA_APP_ID: "shop" }, appId: "shop" },
  ])("$env: $appId", async ({ env, appId }) => {
    await runWith(env);
    const agents = world.sts.requests.slice(-2).map(({ userAgent }) => userAgent);
    expect(agents).toEqual([
      expect.stringContaining(` app/${appId}`),
      expect.stringContaining(` app/${appId}`),
    ]);
  });
});
