import { Readable } from "node:stream";
import type { HttpRequest } from "@smithy/types";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { PARTITIONS } from "../../src/aws/partitions.ts";
import {
  type AssumeRoleInput,
  type AssumeRoleWithWebIdentityInput,
  type SignedSts,
  type Sts,
  StsError,
  type StsTarget,
} from "../../src/aws/sts/sts.ts";
import type { SendsRequests } from "../../src/edge/sts-requests.ts";
import { Secret } from "../../src/foundation/secret.ts";
import { loadOwnClient, loadPublishedClient, type StsModule } from "./sdk-builds.ts";
import { type Answer, BEHAVIOURS, type Reply } from "./sts-behaviours.ts";

let own: StsModule;
let published: StsModule;
beforeAll(async () => {
  [own, published] = await Promise.all([loadOwnClient(), loadPublishedClient()]);
});
afterEach(() => {
  delete process.env.AWS_EXECUTION_ENV;
});

const TARGET: StsTarget = { region: "eu-central-1", endpoint: undefined, variant: "standard" };
const CREDENTIALS = {
  accessKeyId: new Secret("ASIAEXAMPLE", "access key id"),
  secretAccessKey: new Secret("secret", "secret access key"),
  sessionToken: new Secret("token/+=", "session token"),
  expiration: new Date("2026-11-23T10:00:00Z"),
};
const SIGNAL = new AbortController().signal;
const SUCCESS = BEHAVIOURS[0]?.replies ?? [];

/** What goes over the network, and so can be seen by STS. */
interface SentRequest extends Pick<HttpRequest, "method" | "protocol" | "hostname" | "path" | "headers"> {
  readonly port: number | undefined;
  readonly body: string;
}

/** A network in which STS answers by a script. */
function scriptedNetwork(replies: readonly Reply[]) {
  const requests: SentRequest[] = [];
  const signals: unknown[] = [];
  const waiting = [...replies];
  const requestHandler: SendsRequests = {
    async handle({ method, protocol, hostname, port, path, query = {}, headers, body }, { abortSignal }) {
      const search = new URLSearchParams(query as Record<string, string>).toString();
      const target = search === "" ? path : `${path}?${search}`;
      requests.push({ method, protocol, hostname, port, path: target, headers: { ...headers }, body });
      signals.push(abortSignal);
      const reply = waiting.shift();
      if (reply === undefined) throw new Error("more requests than the script has answers");
      if ("error" in reply) throw Object.assign(new Error(), reply.error);
      const action = new URLSearchParams(body).get("Action") ?? "";
      const answer = Readable.from(renderBody(reply, action));
      return { response: { statusCode: reply.status, headers: { ...reply.headers }, body: answer } };
    },
  };
  return { requests, signals, requestHandler };
}

/** In two pieces, as the network may deliver it. */
function* renderBody({ body, breaksWith }: Answer, operation: string): Generator<Buffer> {
  const bytes = Buffer.from(body(operation));
  const half = bytes.length >> 1;
  yield* [bytes.subarray(0, half), bytes.subarray(half)].filter(({ length }) => length > 0);
  if (breaksWith !== undefined) throw Object.assign(new Error("read ECONNRESET"), breaksWith);
}

type Operation = (sts: Sts, signed: SignedSts) => Promise<unknown>;

const WEB_IDENTITY: AssumeRoleWithWebIdentityInput = {
  roleArn: "arn:aws:iam::123456789012:role/deploy",
  roleSessionName: "job-1",
  idToken: new Secret("header.payload.signature", "ID token"),
  durationSeconds: 3600,
  sessionPolicies: {
    inline: '{"Version":"2012-10-17"}',
    managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
  },
};

const NO_POLICIES = { inline: undefined, managedPolicyArns: [] };

const SECOND_ROLE: AssumeRoleInput = {
  roleArn: "arn:aws:iam::210987654321:role/production",
  roleSessionName: "job-1",
  durationSeconds: 900,
  sessionPolicies: NO_POLICIES,
  externalId: "acme & co",
  tags: [{ key: "project", value: "sh\u00f6p/1 2" }],
  transitiveTagKeys: ["project"],
  sourceIdentity: "ada",
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  AssumeRoleWithWebIdentity: (sts) => sts.assumeRoleWithWebIdentity(WEB_IDENTITY, SIGNAL),
  AssumeRole: (_, signed) => signed.assumeRole(SECOND_ROLE, SIGNAL),
  GetCallerIdentity: (_, signed) => signed.getCallerIdentity(SIGNAL),
};
const getCallerIdentity: Operation = (_, signed) => signed.getCallerIdentity(SIGNAL);

/** Calls that differ from the others in what they are given. */
const RARE_OPERATIONS: Readonly<Record<string, Operation>> = {
  "the least that can be asked": (sts) =>
    sts.assumeRoleWithWebIdentity({ ...WEB_IDENTITY, sessionPolicies: NO_POLICIES }, SIGNAL),
  "a second role, and nothing of its session": (_, signed) =>
    signed.assumeRole(
      { ...SECOND_ROLE, externalId: undefined, tags: [], transitiveTagKeys: [], sourceIdentity: undefined },
      SIGNAL,
    ),
  "empty texts, and texts beyond ASCII": (_, signed) =>
    signed.assumeRole(
      {
        ...SECOND_ROLE,
        sessionPolicies: { inline: "", managedPolicyArns: [""] },
        externalId: "\ud83d\ude80 !'()*~",
        sourceIdentity: "",
      },
      SIGNAL,
    ),
  "what is longer and odder than STS takes": (_, signed) =>
    signed.assumeRole(
      {
        ...SECOND_ROLE,
        roleArn: "a b+*~%25&=\u0000\t\r\n\u007f\u2028",
        roleSessionName: "",
        durationSeconds: Number.NaN,
        sessionPolicies: { inline: JSON.stringify({ Version: "*".repeat(2048) }), managedPolicyArns: [] },
        tags: Array.from({ length: 51 }, (_, at) => ({
          key: `\u00fc ${at}`,
          value: "\ud83d\ude80".repeat(128),
        })),
      },
      SIGNAL,
    ),
  "many tags, one without a value": (_, signed) =>
    signed.assumeRole(
      {
        ...SECOND_ROLE,
        tags: Array.from({ length: 11 }, (_, at) => ({ key: `k${at}`, value: at === 3 ? "" : `v=&${at}` })),
        transitiveTagKeys: ["k1", "k10"],
      },
      SIGNAL,
    ),
};

interface Situation {
  readonly replies: readonly Reply[];
  /** One for each reply, unless one makes several requests. */
  readonly calls?: number;
  readonly target?: StsTarget;
  readonly userAgentAppId?: string;
}

interface Observation {
  readonly requests: readonly SentRequest[];
  readonly signals: readonly unknown[];
  readonly outcomes: readonly unknown[];
}

/** All that can be seen of a client: what it sends, and what it answers or throws. */
async function observe(
  client: StsModule,
  operation: Operation,
  { replies, calls = replies.length, target = TARGET, userAgentAppId = "differential" }: Situation,
): Promise<Observation> {
  const { requests, signals, requestHandler } = scriptedNetwork(replies);
  const executionEnvironment = process.env.AWS_EXECUTION_ENV;
  const sts = client.createStsConnector({ requestHandler, userAgentAppId, executionEnvironment })(target);
  const signed = sts.signedBy(CREDENTIALS);
  const outcomes: unknown[] = [];
  for (let call = 0; call < calls; call++) outcomes.push(await operation(sts, signed).catch(describeError));
  return { requests, signals, outcomes };
}

/** All that the program may look at of an error. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== StsError.name) return { unexpected: String(error) };
  const { name, message, fault, action, target, retryAfterMs, clockCorrected } = error as StsError;
  return { name, message, fault, action, target, retryAfterMs, clockCorrected };
}

/** JSON in which a member without a value is one too, since Node refuses headers that have none; secrets are told. */
function render(observation: Omit<Observation, "signals">): string {
  const show = (_name: string, value: unknown) => {
    if (typeof value === "object" && value !== null && "reveal" in value) return (value as Secret).reveal();
    return value === undefined ? "(undefined)" : value;
  };
  return JSON.stringify(observation, show, 1);
}

/** What the client of the script does in a situation, after a look at the published one: the same, byte for byte. */
async function compare(operation: Operation, situation: Situation): Promise<Observation> {
  const { signals, ...ours } = await observe(own, operation, situation);
  const { signals: _published, ...theirs } = await observe(published, operation, situation);
  expect(render(ours)).toBe(render(theirs));
  expect(ours.requests).toHaveLength(situation.replies.length);
  return { signals, ...ours };
}

describe("the client of STS does what the published one does", () => {
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
    const both: Operation = (_, signed) =>
      Promise.all([signed.assumeRole(SECOND_ROLE, SIGNAL), signed.getCallerIdentity(SIGNAL)]);
    await compare(both, { replies: [...SUCCESS, ...SUCCESS], calls: 1 });
  });

  it("with the signal that it is given", async () => {
    const { signals } = await compare(getCallerIdentity, { replies: SUCCESS });
    expect(signals).toEqual([SIGNAL]);
  });
});

describe("the client of STS has the user agent of the published one", () => {
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

describe("the client of STS asks the endpoints that the published one asks", () => {
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
    const { requests } = await compare(getCallerIdentity, { replies: SUCCESS, target });
    expect(requests[0]?.hostname).toBe("sts.cn-north-1.amazonaws.com.cn");
    expect(requests[0]?.headers.authorization).toContain("/20261123/cn-north-1/sts/aws4_request");
  });
});
