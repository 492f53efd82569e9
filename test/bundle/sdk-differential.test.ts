import { Readable } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { PARTITIONS } from "../../src/aws/partitions.ts";
import type { StsTarget } from "../../src/aws/sts.ts";
import { loadPublishedSdk, loadTrimmedSdk, type SdkDriver } from "./sdk-builds.ts";
import { BEHAVIOURS, type Reply } from "./sts-behaviours.ts";

let trimmed: SdkDriver;
let published: SdkDriver;
beforeAll(async () => {
  [trimmed, published] = await Promise.all([loadTrimmedSdk(), loadPublishedSdk()]);
});

interface SentRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A network in which STS answers by a script. */
function scriptedNetwork(replies: readonly Reply[]) {
  const requests: SentRequest[] = [];
  const waiting = [...replies];
  return {
    requests,
    userAgentAppId: "differential",
    requestHandler: {
      metadata: { handlerProtocol: "http/1.1" },
      async handle(request: SentRequest) {
        requests.push(structuredClone({ ...request }));
        const reply = waiting.shift();
        if (reply === undefined) throw new Error("more requests than the script has answers");
        if ("error" in reply) throw Object.assign(new Error(), reply.error);
        const operation = new URLSearchParams(request.body).get("Action") ?? "";
        const body = Readable.from([Buffer.from(reply.body(operation))]);
        return { response: { statusCode: reply.status, headers: { ...reply.headers }, body } };
      },
      destroy() {},
    },
  };
}

const TARGET: StsTarget = { region: "eu-central-1", endpoint: undefined, variant: "standard" };
const CREDENTIALS = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token/+=" };

type Client = InstanceType<SdkDriver["STSClient"]>;
type Operation = (sdk: SdkDriver, client: Client) => Promise<unknown>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  AssumeRoleWithWebIdentity: (sdk, client) =>
    client.send(
      new sdk.AssumeRoleWithWebIdentityCommand({
        RoleArn: "arn:aws:iam::123456789012:role/deploy",
        RoleSessionName: "job-1",
        WebIdentityToken: "header.payload.signature",
        DurationSeconds: 3600,
        Policy: '{"Version":"2012-10-17"}',
        PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
      }),
    ),
  AssumeRole: (sdk, client) =>
    client.send(
      new sdk.AssumeRoleCommand({
        RoleArn: "arn:aws:iam::210987654321:role/production",
        RoleSessionName: "job-1",
        ExternalId: "acme & co",
        Tags: [{ Key: "project", Value: "sh\u00f6p/1 2" }],
        TransitiveTagKeys: ["project"],
        SourceIdentity: "ada",
      }),
    ),
  GetCallerIdentity: (sdk, client) => client.send(new sdk.GetCallerIdentityCommand({})),
};

interface Observation {
  readonly requests: readonly SentRequest[];
  readonly outcomes: readonly unknown[];
}

/** All that can be seen of a build: what it sends, and what it answers or throws. */
async function observe(
  sdk: SdkDriver,
  operation: Operation,
  { replies, target = TARGET }: { readonly replies: readonly Reply[]; readonly target?: StsTarget },
): Promise<Observation> {
  const { requests, ...network } = scriptedNetwork(replies);
  const client = new sdk.STSClient({ ...sdk.clientConfig(target, network), credentials: CREDENTIALS });
  const outcomes: unknown[] = [];
  for (const _ of replies) outcomes.push(await operation(sdk, client).catch(describeError));
  return { requests, outcomes };
}

/** Everything of an error but its stack; of the raw response what `src/aws/sdk-sts-error.ts` may look at. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error };
  const members = Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name)]);
  const { stack: _stack, $response, ...rest } = Object.fromEntries(members);
  const response = $response && { status: $response.statusCode, headers: $response.headers };
  return { ...rest, name: error.name, response };
}

/** Byte for byte, and in the same order. */
function expectSame(trimmedSaw: Observation, publishedSaw: Observation): void {
  expect(JSON.stringify(trimmedSaw, undefined, 1)).toBe(JSON.stringify(publishedSaw, undefined, 1));
}

describe("the trimmed SDK does what the published one does", () => {
  const cases = Object.entries(OPERATIONS).flatMap(([action, operation]) =>
    BEHAVIOURS.map(({ name: answer, replies }) => ({ action, answer, operation, replies })),
  );

  it.each(cases)("$action, answered by $answer", async ({ operation, replies }) => {
    const trimmedSaw = await observe(trimmed, operation, { replies });
    expectSame(trimmedSaw, await observe(published, operation, { replies }));
    expect(trimmedSaw.requests).toHaveLength(replies.length);
  });
});

describe("the trimmed SDK asks the endpoints that the published one asks", () => {
  const regions = PARTITIONS.flatMap((partition) => partition.regions);
  const variants = ["standard", "fips", "dualstack", "fips-dualstack"] as const;
  const endpoints = [
    "https://vpce-0a1b2c-d3e4.sts.eu-central-1.vpce.amazonaws.com",
    "https://proxy.example.com:8443/sts/",
    "http://127.0.0.1:4566",
    "https://[::1]:8443",
  ];
  const targets: readonly StsTarget[] = [
    ...[...regions, "aws-global", "xx-nowhere-9"].flatMap((region) =>
      variants.map((variant) => ({ region, endpoint: undefined, variant })),
    ),
    ...endpoints.flatMap((endpoint) => variants.map((variant) => ({ ...TARGET, endpoint, variant }))),
  ];

  it.each(targets)("$region $variant $endpoint", async (target) => {
    for (const operation of Object.values(OPERATIONS)) {
      const options = { replies: BEHAVIOURS[0]?.replies ?? [], target };
      expectSame(await observe(trimmed, operation, options), await observe(published, operation, options));
    }
  });

  it("signs for the Region, and names the host of the partition", async () => {
    const target: StsTarget = { region: "cn-north-1", endpoint: undefined, variant: "standard" };
    const { requests } = await observe(trimmed, OPERATIONS.GetCallerIdentity as Operation, {
      replies: BEHAVIOURS[0]?.replies ?? [],
      target,
    });
    expect(requests[0]?.hostname).toBe("sts.cn-north-1.amazonaws.com.cn");
    expect(requests[0]?.headers.authorization).toContain("/20261123/cn-north-1/sts/aws4_request");
  });
});
