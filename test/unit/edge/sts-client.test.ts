import { Readable } from "node:stream";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type {
  AssumedRole,
  AssumeRoleInput,
  SignedSts,
  Sts,
  StsError,
  StsTarget,
} from "../../../src/aws/sts/sts.ts";
import { createStsConnector } from "../../../src/edge/sts-client.ts";
import { Secret } from "../../../src/foundation/secret.ts";
import type { Fault } from "../../../stand-ins/sts/faults.ts";
import { EXTERNAL_ID, ROLES, startWorld, type World } from "../../fakes/world.ts";
import { targetIn } from "../../harness/sts-errors.ts";

let world: World;
let target: StsTarget;
let sts: Sts;
const handler = new NodeHttpHandler();

beforeAll(async () => {
  world = await startWorld();
  target = { ...targetIn("eu-central-1"), endpoint: world.sts.url };
  sts = createStsConnector({ requestHandler: handler, userAgentAppId: "unit-test" })(target);
});
beforeEach(() => world.sts.behave());
afterAll(async () => {
  handler.destroy();
  await world.close();
});

const signal = new AbortController().signal;
const NO_POLICIES = { inline: undefined, managedPolicyArns: [] };

function assumeDeploy(): Promise<AssumedRole> {
  const input = {
    roleArn: ROLES.deploy,
    roleSessionName: "unit-test",
    durationSeconds: 900,
    sessionPolicies: NO_POLICIES,
    idToken: new Secret(world.mintToken(), "ID token"),
  };
  return sts.assumeRoleWithWebIdentity(input, signal);
}

const SECOND_ROLE: AssumeRoleInput = {
  roleArn: ROLES.production,
  roleSessionName: "second",
  durationSeconds: 900,
  sessionPolicies: NO_POLICIES,
  externalId: EXTERNAL_ID,
  tags: [{ key: "team", value: "shop" }],
  transitiveTagKeys: ["team"],
  sourceIdentity: "ada",
};

async function signedByDeploy(): Promise<SignedSts> {
  return sts.signedBy((await assumeDeploy()).credentials);
}

describe("assumes a role with an ID token", () => {
  it("unsigned, and gives what STS gave", async () => {
    const { arn, credentials } = await assumeDeploy();
    expect(arn).toBe("arn:aws:sts::123456789012:assumed-role/deploy/unit-test");
    expect(credentials.accessKeyId.reveal()).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(world.sts.secretsIssued()).toContain(credentials.secretAccessKey.reveal());
    expect(world.sts.secretsIssued()).toContain(credentials.sessionToken.reveal());
    expect(credentials.expiration.getTime() - Date.now()).toBeLessThanOrEqual(900_000);
    const request = world.sts.requests.at(-1);
    expect(request).toMatchObject({
      authorized: undefined,
      userAgent: expect.stringContaining("app/unit-test"),
    });
    expect(Object.keys(request?.parameters ?? {}).sort()).toEqual([
      "Action",
      "DurationSeconds",
      "RoleArn",
      "RoleSessionName",
      "Version",
      "WebIdentityToken",
    ]);
  });

  it("narrowed by session policies", async () => {
    const inline = '{"Version":"2012-10-17","Statement":[]}';
    const managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    await sts.assumeRoleWithWebIdentity(
      {
        roleArn: ROLES.deploy,
        roleSessionName: "narrow",
        durationSeconds: 900,
        sessionPolicies: { inline, managedPolicyArns: [managed] },
        idToken: new Secret(world.mintToken(), "ID token"),
      },
      signal,
    );
    expect(world.sts.requests.at(-1)?.parameters).toMatchObject({
      Policy: inline,
      "PolicyArns.member.1.arn": managed,
    });
  });
});

it("asks with credentials whose they are", async () => {
  const signed = await signedByDeploy();
  expect(await signed.getCallerIdentity(signal)).toEqual({
    accountId: "123456789012",
    arn: "arn:aws:sts::123456789012:assumed-role/deploy/unit-test",
  });
  expect(world.sts.requests.at(-1)).toMatchObject({ authorized: true, region: "eu-central-1" });
});

describe("assumes a second role with the credentials of the first", () => {
  it("and passes on what is said of the session", async () => {
    const { arn } = await (await signedByDeploy()).assumeRole(SECOND_ROLE, signal);
    expect(arn).toBe("arn:aws:sts::210987654321:assumed-role/production/second");
    expect(world.sts.requests.at(-1)?.parameters).toMatchObject({
      ExternalId: EXTERNAL_ID,
      "Tags.member.1.Key": "team",
      "Tags.member.1.Value": "shop",
      "TransitiveTagKeys.member.1": "team",
      SourceIdentity: "ada",
    });
  });

  it("and nothing else", async () => {
    const plain = { externalId: undefined, tags: [], transitiveTagKeys: [], sourceIdentity: undefined };
    const signed = await signedByDeploy();
    await signed.assumeRole({ ...SECOND_ROLE, ...plain, roleArn: ROLES.audit }, signal);
    expect(Object.keys(world.sts.requests.at(-1)?.parameters ?? {}).sort()).toEqual([
      "Action",
      "DurationSeconds",
      "RoleArn",
      "RoleSessionName",
      "Version",
    ]);
  });
});

describe("makes one attempt and tells how it failed", () => {
  const actions = {
    AssumeRoleWithWebIdentity: async () => assumeDeploy(),
    AssumeRole: async () => (await signedByDeploy()).assumeRole(SECOND_ROLE, signal),
    GetCallerIdentity: async () => (await signedByDeploy()).getCallerIdentity(signal),
  };
  const faults: readonly (readonly [Fault, object])[] = [
    [{ kind: "html" }, { kind: "reply", httpStatus: 200 }],
    [{ kind: "empty" }, { kind: "reply", httpStatus: 200 }],
    [
      { kind: "html", status: 403 },
      { kind: "reply", httpStatus: 403 },
    ],
    [
      { kind: "server-error", status: 503, body: "none" },
      { kind: "reply", httpStatus: 503 },
    ],
    [
      { kind: "server-error", status: 500 },
      { kind: "service", code: "InternalFailure", httpStatus: 500 },
    ],
    [{ kind: "throttling" }, { kind: "service", code: "Throttling", httpStatus: 400 }],
  ];
  const cases = Object.entries(actions).flatMap(([action, run]) =>
    faults.map(([fault, told]) => ({ action, run, fault, told })),
  );
  it.each(cases)("$action, struck by $fault", async ({ action, run, fault, told }) => {
    const requests = () => world.sts.requests.filter((request) => request.action === action).length;
    const before = requests();
    world.sts.misbehave({ fault, action });
    await expect(run()).rejects.toMatchObject({ name: "StsError", action, target, fault: told });
    expect(requests()).toBe(before + 1);
  });

  it("a connection that is closed before anything was sent", async () => {
    handler.destroy();
    world.sts.misbehave({ fault: { kind: "close-at-accept" } });
    await expect(assumeDeploy()).rejects.toMatchObject({ fault: { kind: "network", code: "ECONNRESET" } });
  });

  it("tells the request id and what STS said", async () => {
    const token = new Secret(world.mintToken({ ref: "feature" }), "ID token");
    const input = {
      roleArn: ROLES.deploy,
      roleSessionName: "x1",
      durationSeconds: 900,
      sessionPolicies: NO_POLICIES,
    };
    await expect(sts.assumeRoleWithWebIdentity({ ...input, idToken: token }, signal)).rejects.toMatchObject({
      message: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
      fault: {
        kind: "service",
        code: "AccessDenied",
        httpStatus: 403,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
  });

  it("tells when the server wants to be asked again", async () => {
    world.sts.misbehave({ fault: { kind: "server-error", status: 503, retryAfterSeconds: 7 } });
    await expect(assumeDeploy()).rejects.toMatchObject({ retryAfterMs: 7000 });
  });
});

it("answers only when the platform has noted that the request was sent, or the next one would connect again", async () => {
  const order: string[] = [];
  const requestHandler = {
    async handle() {
      const body = Readable.from([Buffer.from("<GetCallerIdentityResponse/>")]);
      // As with TLS: what was written counts as sent one turn after the answer may be there.
      body.once("end", () => setImmediate(() => order.push("sent")));
      return { response: { statusCode: 200, headers: {}, body } };
    },
  };
  const scripted = createStsConnector({ requestHandler, userAgentAppId: "unit-test" })(target);
  const { credentials } = await assumeDeploy();
  await expect(scripted.signedBy(credentials).getCallerIdentity(signal)).rejects.toMatchObject({
    fault: { kind: "reply" },
  });
  expect(order).toEqual(["sent"]);
});

describe("an answer that is too large", () => {
  const answering = (status: number, chunks: Iterable<Buffer>) => {
    const requestHandler = {
      handle: async () => ({ response: { statusCode: status, headers: {}, body: Readable.from(chunks) } }),
    };
    const sts = createStsConnector({ requestHandler, userAgentAppId: "unit-test" })(target);
    const session = { roleArn: ROLES.deploy, roleSessionName: "x1", durationSeconds: 900 };
    const idToken = new Secret("t", "ID token");
    return sts.assumeRoleWithWebIdentity({ ...session, sessionPolicies: NO_POLICIES, idToken }, signal);
  };

  it.each([200, 400, 503])(
    "is read no further than 64 KiB, and no part of it is parsed: HTTP %i",
    async (status) => {
      let read = 0;
      function* endless() {
        for (;;) {
          read += 1024;
          yield Buffer.alloc(1024, "<!DOCTYPE a>");
        }
      }
      await expect(answering(status, endless())).rejects.toMatchObject({
        fault: { kind: "reply", httpStatus: status },
        message: "more than 64 KiB, more than any STS answer",
      });
      expect(read).toBeLessThan(512 * 1024);
    },
  );

  it("is read as long as it has no more than that", async () => {
    const text =
      "<ErrorResponse><Error><Code>ValidationError</Code><Message>no</Message></Error></ErrorResponse>";
    const padded = Buffer.from(text.padEnd(65_536));
    const fault = { kind: "service", code: "ValidationError", httpStatus: 400 };
    await expect(answering(400, [padded])).rejects.toMatchObject({ fault });
    await expect(answering(400, [padded, Buffer.from(" ")])).rejects.toMatchObject({
      fault: { kind: "reply" },
    });
  });

  it("has its code, its message and its request id cut", async () => {
    const long = "x".repeat(15_000);
    const text =
      `<ErrorResponse><Error><Code>${long}</Code><Message>${long}</Message></Error>` +
      `<RequestId>${long}</RequestId></ErrorResponse>`;
    const error: StsError = await answering(400, [Buffer.from(text)]).catch((thrown) => thrown);
    expect(error.message).toHaveLength(2000);
    expect(JSON.stringify(error.fault).length).toBeLessThan(400);
  });
});

describe("asks at the Region's public endpoint, in the variant that is wanted", () => {
  it.each([
    ["eu-central-1", "standard", "sts.eu-central-1.amazonaws.com"],
    ["eu-central-1", "fips", "sts-fips.eu-central-1.amazonaws.com"],
    ["eu-central-1", "dualstack", "sts.eu-central-1.api.aws"],
    ["us-east-1", "fips-dualstack", "sts-fips.us-east-1.api.aws"],
    ["us-east-1", "standard", "sts.us-east-1.amazonaws.com"],
    ["us-gov-west-1", "fips", "sts.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", "standard", "sts.cn-north-1.amazonaws.com.cn"],
    ["eusc-de-east-1", "standard", "sts.eusc-de-east-1.amazonaws.eu"],
  ] as const)("%s, %s: %s", async (region, variant, host) => {
    const hosts: string[] = [];
    const requestHandler = {
      handle: async ({ hostname }: { readonly hostname: string }): Promise<never> => {
        hosts.push(hostname);
        throw Object.assign(new Error("nothing is sent"), { code: "ECONNREFUSED" });
      },
    };
    const network = { requestHandler, userAgentAppId: "unit-test" };
    const regional = createStsConnector(network)({ region, endpoint: undefined, variant });
    const input = {
      roleArn: ROLES.deploy,
      roleSessionName: "x1",
      durationSeconds: 900,
      sessionPolicies: NO_POLICIES,
    };
    const asked = regional.assumeRoleWithWebIdentity(
      { ...input, idToken: new Secret("t", "ID token") },
      signal,
    );
    await expect(asked).rejects.toMatchObject({ fault: { kind: "network", code: "ECONNREFUSED" } });
    expect(hosts).toEqual([host]);
  });
});
