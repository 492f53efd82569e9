import { Readable } from "node:stream";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { PARTITIONS } from "../../src/aws/partitions.ts";
import type { StsTarget } from "../../src/aws/sts/sts.ts";
import { loadPublishedSdk, loadTrimmedSdk, type SdkDriver } from "./sdk-builds.ts";
import { type Answer, BEHAVIOURS, type Reply } from "./sts-behaviours.ts";

let trimmed: SdkDriver;
let published: SdkDriver;
beforeAll(async () => {
  [trimmed, published] = await Promise.all([loadTrimmedSdk(), loadPublishedSdk()]);
});
afterEach(() => {
  delete process.env.AWS_EXECUTION_ENV;
});

interface SentRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TARGET: StsTarget = { region: "eu-central-1", endpoint: undefined, variant: "standard" };
const CREDENTIALS = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token/+=" };
const SIGNAL = new AbortController().signal;
const SUCCESS = BEHAVIOURS[0]?.replies ?? [];

/** A network in which STS answers by a script. */
function scriptedNetwork(replies: readonly Reply[]) {
  const requests: SentRequest[] = [];
  const options: unknown[] = [];
  const waiting = [...replies];
  return {
    requests,
    options,
    requestHandler: {
      metadata: { handlerProtocol: "http/1.1" },
      async handle(request: SentRequest, given?: object) {
        requests.push(structuredClone({ ...request }));
        options.push(given && Object.entries(given).map(([name, value]) => [name, value === SIGNAL]));
        const reply = waiting.shift();
        if (reply === undefined) throw new Error("more requests than the script has answers");
        if ("error" in reply) throw Object.assign(new Error(), reply.error);
        const operation = new URLSearchParams(request.body).get("Action") ?? "";
        const body = Readable.from(renderBody(reply, operation));
        return { response: { statusCode: reply.status, headers: { ...reply.headers }, body } };
      },
      destroy() {},
    },
  };
}

/** In two pieces, as the network may deliver it. */
function* renderBody({ body, breaksWith }: Answer, operation: string): Generator<Buffer> {
  const bytes = Buffer.from(body(operation));
  const half = bytes.length >> 1;
  yield* [bytes.subarray(0, half), bytes.subarray(half)].filter(({ length }) => length > 0);
  if (breaksWith !== undefined) throw Object.assign(new Error("read ECONNRESET"), breaksWith);
}

type Client = InstanceType<SdkDriver["STSClient"]>;
type Operation = (sdk: SdkDriver, client: Client) => Promise<unknown>;

const OPTIONS = { abortSignal: SIGNAL };

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
      OPTIONS,
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
      OPTIONS,
    ),
  GetCallerIdentity: (sdk, client) => client.send(new sdk.GetCallerIdentityCommand({}), OPTIONS),
};

/** Calls that differ from the others in what they are given. */
const RARE_OPERATIONS: Readonly<Record<string, Operation>> = {
  "the least that can be asked": (sdk, client) =>
    client.send(
      new sdk.AssumeRoleWithWebIdentityCommand({
        RoleArn: "arn:aws:iam::123456789012:role/deploy",
        RoleSessionName: "job-1",
        WebIdentityToken: "header.payload.signature",
        DurationSeconds: undefined,
      }),
    ),
  "empty lists, and texts beyond ASCII": (sdk, client) =>
    client.send(
      new sdk.AssumeRoleCommand({
        RoleArn: "arn:aws:iam::210987654321:role/production",
        RoleSessionName: "job-1",
        PolicyArns: [],
        Tags: [],
        TransitiveTagKeys: [],
        ExternalId: "\ud83d\ude80 !'()*~",
        Policy: "",
      }),
    ),
  "what is longer and odder than STS takes": (sdk, client) =>
    client.send(
      new sdk.AssumeRoleCommand({
        RoleArn: "a b+*~%25&=\u0000\t\r\n\u007f\u2028",
        RoleSessionName: "",
        DurationSeconds: Number.NaN,
        Policy: JSON.stringify({ Version: "*".repeat(2048) }),
        Tags: Array.from({ length: 51 }, (_, at) => ({
          Key: `\u00fc ${at}`,
          Value: "\ud83d\ude80".repeat(128),
        })),
      }),
    ),
  "many tags, one without a value": (sdk, client) =>
    client.send(
      new sdk.AssumeRoleCommand({
        RoleArn: "arn:aws:iam::210987654321:role/production",
        RoleSessionName: "job-1",
        Tags: Array.from({ length: 11 }, (_, at) => ({ Key: `k${at}`, Value: at === 3 ? "" : `v=&${at}` })),
        TransitiveTagKeys: ["k1", "k10"],
      }),
    ),
};

interface Situation {
  readonly replies: readonly Reply[];
  /** One for each reply, unless one makes several requests. */
  readonly calls?: number;
  readonly target?: StsTarget;
  readonly userAgentAppId?: string;
  readonly credentials?: Partial<typeof CREDENTIALS> & Omit<typeof CREDENTIALS, "sessionToken">;
}

interface Observation {
  readonly requests: readonly SentRequest[];
  readonly options: readonly unknown[];
  readonly outcomes: readonly unknown[];
}

/** All that can be seen of a build: what it sends, and what it answers or throws. */
async function observe(
  sdk: SdkDriver,
  operation: Operation,
  { replies, calls = replies.length, target = TARGET, ...situation }: Situation,
): Promise<Observation> {
  const { userAgentAppId = "differential", credentials = CREDENTIALS } = situation;
  const { requests, options, requestHandler } = scriptedNetwork(replies);
  const config = sdk.clientConfig(target, { requestHandler, userAgentAppId });
  const client = new sdk.STSClient({ ...config, credentials });
  const outcomes: unknown[] = [];
  for (let call = 0; call < calls; call++) outcomes.push(await operation(sdk, client).catch(describeError));
  return { requests, options, outcomes };
}

/** Everything of an error but its stack; of the raw response what `src/aws/sts/failure.ts` may look at. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error };
  const members = Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name)]);
  const { stack: _stack, $response, ...rest } = Object.fromEntries(members);
  const text = typeof $response?.body === "string" ? $response.body : undefined;
  const response = $response && { status: $response.statusCode, headers: $response.headers, text };
  return { ...rest, name: error.name, response };
}

/** Byte for byte, and in the same order. */
function expectSame(trimmedSaw: Observation, publishedSaw: Observation): void {
  expect(render(trimmedSaw)).toBe(render(publishedSaw));
}

/** JSON in which a member without a value is one too: Node refuses headers that have none. */
function render(observation: Observation): string {
  return JSON.stringify(observation, (_name, value) => (value === undefined ? "(undefined)" : value), 1);
}

/** What the trimmed build does in a situation, after a look at the published one. */
async function compare(operation: Operation, situation: Situation): Promise<Observation> {
  const trimmedSaw = await observe(trimmed, operation, situation);
  expectSame(trimmedSaw, await observe(published, operation, situation));
  expect(trimmedSaw.requests).toHaveLength(situation.replies.length);
  return trimmedSaw;
}

describe("the trimmed SDK does what the published one does", () => {
  const cases = Object.entries(OPERATIONS).flatMap(([action, operation]) =>
    BEHAVIOURS.map(({ name: answer, replies }) => ({ action, answer, operation, replies })),
  );

  it.each(cases)("$action, answered by $answer", async ({ operation, replies }) => {
    await compare(operation, { replies });
  });

  it.each(Object.entries(RARE_OPERATIONS))("asked for %s", async (_name, operation) => {
    await compare(operation, { replies: SUCCESS });
  });

  it("with two requests at once", async () => {
    const both: Operation = (sdk, client) =>
      Promise.all(["AssumeRole", "GetCallerIdentity"].map((action) => OPERATIONS[action]?.(sdk, client)));
    await compare(both, { replies: [...SUCCESS, ...SUCCESS], calls: 1 });
  });

  it("with credentials that have no session token", async () => {
    const { sessionToken: _none, ...credentials } = CREDENTIALS;
    for (const operation of Object.values(OPERATIONS))
      await compare(operation, { replies: SUCCESS, credentials });
  });

  it("with the signal that it is given", async () => {
    const { options } = await compare(OPERATIONS.GetCallerIdentity as Operation, { replies: SUCCESS });
    expect(options).toEqual([[["abortSignal", true]]]);
  });
});

describe("the trimmed SDK has the user agent of the published one", () => {
  it.each(["", "shop", "a b/c#d(\u00e9)@e", "a\r\nhost: b", "x".repeat(60)])(
    "for the app id %j",
    async (userAgentAppId) => {
      for (const operation of Object.values(OPERATIONS))
        await compare(operation, { replies: SUCCESS, userAgentAppId });
    },
  );

  it.each(["AWS_ECS_FARGATE", "a b/c#d(\u00e9)@e/f", "a\r\nhost: b", "//", ""])(
    "for the execution environment %j",
    async (name) => {
      process.env.AWS_EXECUTION_ENV = name;
      for (const operation of Object.values(OPERATIONS)) await compare(operation, { replies: SUCCESS });
    },
  );
});

describe("the trimmed SDK asks the endpoints that the published one asks", () => {
  const regions = PARTITIONS.flatMap((partition) => partition.regions);
  const variants = ["standard", "fips", "dualstack", "fips-dualstack"] as const;
  const endpoints = [
    "https://vpce-0a1b2c-d3e4.sts.eu-central-1.vpce.amazonaws.com",
    "https://proxy.example.com:8443/sts/",
    "https://proxy.example.com/a%20b/../c",
    "https://PROXY.example.com:443",
    "http://127.0.0.1:4566",
    "https://[::1]:8443",
    "https://[2001:db8::1]/sts",
  ];
  const targets: readonly StsTarget[] = [
    ...regions.flatMap((region) => variants.map((variant) => ({ region, endpoint: undefined, variant }))),
    ...endpoints.map((endpoint) => ({ ...TARGET, endpoint })),
  ];

  it.each(targets)("$region $variant $endpoint", async (target) => {
    for (const operation of Object.values(OPERATIONS)) await compare(operation, { replies: SUCCESS, target });
  });

  it("signs for the Region, and names the host of the partition", async () => {
    const target: StsTarget = { region: "cn-north-1", endpoint: undefined, variant: "standard" };
    const { requests } = await compare(OPERATIONS.GetCallerIdentity as Operation, {
      replies: SUCCESS,
      target,
    });
    expect(requests[0]?.hostname).toBe("sts.cn-north-1.amazonaws.com.cn");
    expect(requests[0]?.headers.authorization).toContain("/20261123/cn-north-1/sts/aws4_request");
  });
});

describe("the trimmed SDK refuses what the configuration never lets through", () => {
  it.each([
    { ...TARGET, region: "xx-nowhere-9" },
    { ...TARGET, region: "aws-global" },
    { ...TARGET, endpoint: "https://sts.example.com", variant: "fips" },
    { ...TARGET, endpoint: "https://sts.example.com", variant: "dualstack" },
  ] as const)("$region $variant $endpoint", async (target) => {
    const { requests, outcomes } = await observe(trimmed, OPERATIONS.GetCallerIdentity as Operation, {
      replies: SUCCESS,
      target,
    });
    expect(requests).toEqual([]);
    const asked = `${target.endpoint ?? target.region}, ${target.variant}`;
    expect(outcomes).toMatchObject([{ message: `there is no endpoint of STS for ${asked}` }]);
  });

  it("a signed request without credentials", async () => {
    const { requestHandler } = scriptedNetwork(SUCCESS);
    const config = trimmed.clientConfig(TARGET, { requestHandler, userAgentAppId: "differential" });
    const sent = new trimmed.STSClient(config).send(new trimmed.GetCallerIdentityCommand({}));
    await expect(sent).rejects.toThrow("no credentials were given to sign this request with");
  });
});
