import { describe, expect, it } from "vitest";
import { parseRoleArn, type RoleArn } from "../../../../src/aws/arn.ts";
import { type AttemptPlan, createBudget, StsAttemptsError } from "../../../../src/aws/sts/attempts.ts";
import { type Assumption, type ExchangeRequest, exchangeIdToken } from "../../../../src/aws/sts/exchange.ts";
import type {
  AssumedRole,
  AssumeRoleInput,
  CallerIdentity,
  Credentials,
  Sts,
  StsTarget,
} from "../../../../src/aws/sts/sts.ts";
import { Secret } from "../../../../src/foundation/secret.ts";
import { createVirtualClock } from "../../../harness/memory-host.ts";
import { refusal, stsError, targetIn } from "../../../harness/sts-errors.ts";

const CENTRAL = targetIn("eu-central-1");
const WEST = targetIn("eu-west-1");

const SESSION = {
  roleSessionName: "GitLabRunner-1-2",
  durationSeconds: 900,
  sessionPolicies: { inline: undefined, managedPolicyArns: [] },
};

function roleOf(text: string): RoleArn {
  const role = parseRoleArn(text, "role-arn");
  if (!role.ok) throw new Error(`not an ARN: ${text}`);
  return role.value;
}

const FIRST = roleOf("arn:aws:iam::123456789012:role/ci/first");
const SECOND = roleOf("arn:aws-cn:iam::210987654321:role/second");
const FIRST_SESSION = "arn:aws:sts::123456789012:assumed-role/first/GitLabRunner-1-2";
const SECOND_SESSION = "arn:aws-cn:sts::210987654321:assumed-role/second/GitLabRunner-1-2";

const REQUEST: ExchangeRequest = {
  webIdentity: {
    role: FIRST,
    input: { ...SESSION, roleArn: FIRST.text, idToken: new Secret("token", "ID token") },
  },
  chained: undefined,
  verify: "identity",
};
const CHAINED: Assumption<AssumeRoleInput> = {
  role: SECOND,
  input: {
    ...SESSION,
    roleArn: SECOND.text,
    externalId: undefined,
    tags: [],
    transitiveTagKeys: [],
    sourceIdentity: undefined,
  },
};

/** What STS says: the ARNs of the sessions, and whose the credentials are. */
interface Answers {
  readonly first: string;
  readonly second: string;
  readonly identity?: CallerIdentity;
}

const HONEST: Answers = { first: FIRST_SESSION, second: SECOND_SESSION };

function assumed(name: "first" | "second", { [name]: arn }: Answers): AssumedRole {
  const credentials = {
    accessKeyId: new Secret(`id of ${name}`, "access key id"),
    secretAccessKey: new Secret(`key of ${name}`, "secret access key"),
    sessionToken: new Secret(`token of ${name}`, "session token"),
    expiration: new Date("2026-11-23T05:00:00Z"),
  };
  return { arn, credentials };
}

function identityOf(who: string, answers: Answers): CallerIdentity {
  const arn = who === "first" ? answers.first : answers.second;
  return answers.identity ?? { accountId: arn.split(":")[4] ?? "", arn };
}

/** An STS that writes down what happens, fails as told, and answers honestly unless told otherwise. */
function createSts(failing: (what: string) => Error | undefined = () => undefined, answers = HONEST) {
  const log: string[] = [];
  const did = async <T>(what: string, answer: T): Promise<T> => {
    log.push(what);
    const failure = failing(what);
    if (failure !== undefined) throw failure;
    return answer;
  };
  const connectSts = async ({ region }: StsTarget): Promise<Sts> => {
    if (!log.includes(`connect to ${region}`)) log.push(`connect to ${region}`);
    return {
      assumeRoleWithWebIdentity: () => did(`${region}: first role`, assumed("first", answers)),
      signedBy: (credentials) => {
        const who = credentials.accessKeyId.reveal().replace("id of ", "");
        return {
          assumeRole: () => did(`${region}: second role, signed by ${who}`, assumed("second", answers)),
          getCallerIdentity: () => did(`${region}: identity, signed by ${who}`, identityOf(who, answers)),
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
    assumed: { arn: FIRST_SESSION },
    identity: { accountId: "123456789012", arn: FIRST_SESSION },
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
    expect(exchange.assumed.arn).toBe(SECOND_SESSION);
  });

  it("asks for it first in the Region that gave the first role", async () => {
    const { log, tools } = createSts((what) =>
      what.startsWith("eu-central-1: ")
        ? stsError({ kind: "network", code: "ECONNREFUSED" }, "", { target: CENTRAL })
        : undefined,
    );
    await exchangeIdToken({ ...REQUEST, chained: CHAINED }, plan(CENTRAL, WEST), tools);
    expect(log.filter((what) => !/^(?:connect|told)/.test(what))).toEqual([
      "eu-central-1: first role",
      "eu-west-1: first role",
      "eu-west-1: second role, signed by first",
      "eu-west-1: identity, signed by second",
    ]);
  });
});

it("gives up when a request is refused, whichever it is", async () => {
  for (const refused of ["first role", "second role", "identity"]) {
    const { tools } = createSts((what) => (what.includes(refused) ? refusal("ValidationError") : undefined));
    const exchange = exchangeIdToken({ ...REQUEST, chained: CHAINED }, plan(CENTRAL), tools);
    await expect(exchange).rejects.toBeInstanceOf(StsAttemptsError);
  }
});

describe("believes no answer that is for somebody else", () => {
  /** Of the session ARN of a role, what differs. */
  const others: readonly (readonly [string, string])[] = [
    ["another account", FIRST_SESSION.replace("123456789012", "999999999999")],
    ["another partition", FIRST_SESSION.replace("arn:aws:", "arn:aws-cn:")],
    ["another role", FIRST_SESSION.replace("/first/", "/admin/")],
    ["a role whose name begins alike", FIRST_SESSION.replace("/first/", "/first-2/")],
    ["a role of that name in other letters", FIRST_SESSION.replace("/first/", "/First/")],
    ["a path, which sessions do not have", FIRST_SESSION.replace("/first/", "/ci/first/")],
    ["no session", FIRST_SESSION.replace("GitLabRunner-1-2", "")],
    ["a session that nobody can have", `${FIRST_SESSION}\u001b[2J`],
    ["the role itself", FIRST.text],
    ["a user", "arn:aws:iam::123456789012:user/first"],
    ["nothing", "x"],
  ];

  it.each(others)("%s, as the first role", async (_, first) => {
    const { log, tools } = createSts(undefined, { ...HONEST, first });
    for (const verify of ["identity", "none"] as const) {
      const exchange = exchangeIdToken({ ...REQUEST, verify, chained: CHAINED }, plan(CENTRAL), tools);
      await expect(exchange).rejects.toMatchObject({
        code: "IDENTITY_MISMATCH",
        message: `STS answered for ${JSON.stringify(first)}, which is not a session of ${FIRST.text}; nothing was written`,
      });
      expect(log.at(-1), "the credentials are masked, and not used").toBe("told id of first");
    }
  });

  it("the first role instead of the second", async () => {
    const { tools } = createSts(undefined, { ...HONEST, second: FIRST_SESSION });
    const request: ExchangeRequest = { ...REQUEST, verify: "none", chained: CHAINED };
    await expect(exchangeIdToken(request, plan(CENTRAL), tools)).rejects.toMatchObject({
      code: "IDENTITY_MISMATCH",
      message: expect.stringContaining(SECOND.text),
    });
  });

  it.each([
    ["another account", { accountId: "999999999999", arn: FIRST_SESSION }],
    ["another session of the role", { accountId: "123456789012", arn: `${FIRST_SESSION}-of-mallory` }],
    ["another role", { accountId: "123456789012", arn: FIRST_SESSION.replace("/first/", "/admin/") }],
  ])("%s, as the identity behind the credentials", async (_, identity) => {
    const { tools } = createSts(undefined, { ...HONEST, identity });
    await expect(exchangeIdToken(REQUEST, plan(CENTRAL), tools)).rejects.toMatchObject({
      code: "IDENTITY_MISMATCH",
      message: expect.stringContaining(JSON.stringify(identity.accountId)),
    });
  });

  it("so long a name that it would fill the log", async () => {
    const { tools } = createSts(undefined, { ...HONEST, first: "x".repeat(60_000) });
    const error = await exchangeIdToken(REQUEST, plan(CENTRAL), tools).catch((thrown: unknown) => thrown);
    expect(String(error).length).toBeLessThan(400);
  });
});
