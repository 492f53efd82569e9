import { describe, expect, it } from "vitest";
import { type AttemptPlan, createBudget, StsAttemptsError } from "../../../src/aws/attempts.ts";
import type { Credentials } from "../../../src/aws/credentials.ts";
import { type ExchangeRequest, exchangeIdToken } from "../../../src/aws/exchange.ts";
import type { AssumedRole, AssumeRoleInput, Sts, StsTarget } from "../../../src/aws/sts.ts";
import { Secret } from "../../../src/secret.ts";
import { createVirtualClock } from "../../harness/memory-host.ts";
import { refusal, stsError, targetIn } from "../../harness/sts-errors.ts";

const CENTRAL = targetIn("eu-central-1");
const WEST = targetIn("eu-west-1");

const SESSION = {
  roleSessionName: "GitLabRunner-1-2",
  durationSeconds: 900,
  sessionPolicies: { inline: undefined, managedPolicyArns: [] },
};
const REQUEST: ExchangeRequest = {
  webIdentity: { ...SESSION, roleArn: "arn:aws:iam::1:role/first", idToken: new Secret("token", "ID token") },
  chained: undefined,
  verify: "identity",
};
const CHAINED: AssumeRoleInput = {
  ...SESSION,
  roleArn: "arn:aws:iam::2:role/second",
  externalId: undefined,
  tags: [],
  transitiveTagKeys: [],
  sourceIdentity: undefined,
};

function assumed(name: string): AssumedRole {
  const credentials = {
    accessKeyId: new Secret(`id of ${name}`, "access key id"),
    secretAccessKey: new Secret(`key of ${name}`, "secret access key"),
    sessionToken: new Secret(`token of ${name}`, "session token"),
    expiration: new Date("2026-11-23T05:00:00Z"),
  };
  return { arn: `arn of ${name}`, credentials };
}

/** An STS that writes down what happens, and fails as told. */
function createSts(failing: (what: string) => Error | undefined = () => undefined) {
  const log: string[] = [];
  const did = async <T>(what: string, answer: T): Promise<T> => {
    log.push(what);
    const failure = failing(what);
    if (failure !== undefined) throw failure;
    return answer;
  };
  const connectSts = async ({ region }: StsTarget): Promise<Sts> => {
    log.push(`connect to ${region}`);
    return {
      assumeRoleWithWebIdentity: () => did(`${region}: first role`, assumed("first")),
      signedBy: (credentials) => {
        const who = credentials.accessKeyId.reveal().replace("id of ", "");
        return {
          assumeRole: () => did(`${region}: second role, signed by ${who}`, assumed("second")),
          getCallerIdentity: () =>
            did(`${region}: identity, signed by ${who}`, { accountId: "1", arn: `arn:${who}` }),
        };
      },
    };
  };
  const onCredentials = ({ accessKeyId }: Credentials) => log.push(`told ${accessKeyId.reveal()}`);
  return { log, tools: { connectSts, onCredentials } };
}

function plan(...targets: readonly [StsTarget, ...StsTarget[]]): AttemptPlan {
  const clock = createVirtualClock();
  return {
    targets,
    budget: createBudget(clock, 60_000),
    propagationWaitMs: 0,
    maxAttempts: undefined,
    clock,
    random: () => 0.5,
    onRetry: () => {},
  };
}

it("tells the credentials before it uses them, so that nothing can quote them unmasked", async () => {
  const { log, tools } = createSts();
  const exchange = await exchangeIdToken(REQUEST, plan(CENTRAL), tools);
  expect(log).toEqual([
    "connect to eu-central-1",
    "eu-central-1: first role",
    "told id of first",
    "eu-central-1: identity, signed by first",
  ]);
  expect(exchange).toMatchObject({
    assumed: { arn: "arn of first" },
    identity: { accountId: "1", arn: "arn:first" },
    target: CENTRAL,
  });
});

it("does not ask for the identity where that is not wanted", async () => {
  const { log, tools } = createSts();
  const exchange = await exchangeIdToken({ ...REQUEST, verify: "none" }, plan(CENTRAL), tools);
  expect(exchange.identity).toBeUndefined();
  expect(log.at(-1)).toBe("told id of first");
});

it("asks for the identity where the role was given, over the connection that is there", async () => {
  const { log, tools } = createSts((what) =>
    what === "eu-central-1: first role"
      ? stsError({ kind: "network", code: "ECONNREFUSED" }, "", { target: CENTRAL })
      : undefined,
  );
  const exchange = await exchangeIdToken(REQUEST, plan(CENTRAL, WEST), tools);
  expect(exchange.target).toBe(WEST);
  expect(log).toEqual([
    "connect to eu-central-1",
    "eu-central-1: first role",
    "connect to eu-west-1",
    "eu-west-1: first role",
    "told id of first",
    "eu-west-1: identity, signed by first",
  ]);
});

it("asks another Region for the identity when the one that gave the role fails", async () => {
  const { log, tools } = createSts((what) =>
    what === "eu-central-1: identity, signed by first"
      ? stsError({ kind: "reply", httpStatus: 502 }, "", { target: CENTRAL })
      : undefined,
  );
  const exchange = await exchangeIdToken(REQUEST, plan(CENTRAL, WEST), tools);
  expect(log.at(-1)).toBe("eu-west-1: identity, signed by first");
  expect(exchange.identity).toBeDefined();
});

describe("with a second role", () => {
  it("assumes it with the credentials of the first, and asks whose those of the second are", async () => {
    const { log, tools } = createSts();
    const exchange = await exchangeIdToken({ ...REQUEST, chained: CHAINED }, plan(CENTRAL), tools);
    expect(log.slice(1)).toEqual([
      "eu-central-1: first role",
      "told id of first",
      "eu-central-1: second role, signed by first",
      "told id of second",
      "eu-central-1: identity, signed by second",
    ]);
    expect(exchange.assumed.arn).toBe("arn of second");
  });
});

it("gives up when a request is refused, whichever it is", async () => {
  for (const refused of ["first role", "second role", "identity"]) {
    const { tools } = createSts((what) => (what.includes(refused) ? refusal("ValidationError") : undefined));
    const exchange = exchangeIdToken({ ...REQUEST, chained: CHAINED }, plan(CENTRAL), tools);
    await expect(exchange).rejects.toBeInstanceOf(StsAttemptsError);
  }
});
