import { type Credentials, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSts } from "../../../stand-ins/sts/server.ts";
import { startWorld, type World } from "../world.ts";
import { type ClientOptions, createClient, exchange, refusalOf } from "./client.ts";

const START = new Date("2026-11-23T03:00:00Z");
const INVALID = "403 InvalidClientTokenId: The security token included in the request is invalid.";
const MISMATCH =
  "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. " +
  "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

let world: World;
let credentials: Credentials;
let now = START;
beforeAll(async () => {
  world = await startWorld({ clock: () => now });
  const { Credentials } = await exchange(world);
  if (Credentials === undefined) throw new Error("no credentials");
  credentials = Credentials;
});
afterAll(() => world.close());
beforeEach(() => {
  now = START;
});

/** The client's clock shows the time of the service, and is off by so much. */
function identify(change: Partial<Credentials> = {}, { clockOffsetMs = 0, ...options }: ClientOptions = {}) {
  return createClient(world.sts, {
    credentials: { ...credentials, ...change },
    clockOffsetMs: now.getTime() - Date.now() + clockOffsetMs,
    ...options,
  }).send(new GetCallerIdentityCommand({}));
}

function post(
  headers: Readonly<Record<string, string>>,
  body = "Action=GetCallerIdentity&Version=2011-06-15",
) {
  return fetch(world.sts.url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body,
  });
}

describe("a signed request", () => {
  it("is answered for the session that signed it", async () => {
    const identity = await identify();
    expect(identity).toMatchObject({
      Account: "123456789012",
      Arn: "arn:aws:sts::123456789012:assumed-role/deploy/job-31337",
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:job-31337$/),
    });
    expect(world.sts.requests.at(-1)).toMatchObject({ authorized: true, region: "eu-west-1", status: 200 });
  });

  it.each(["us-east-1", "ap-southeast-2"])("is accepted when signed for %s", async (region) => {
    await identify({}, { region });
    expect(world.sts.requests.at(-1)).toMatchObject({ authorized: true, region });
  });

  it.each<readonly [string, Partial<Credentials>, string]>([
    ["another secret key", { SecretAccessKey: "a".repeat(40) }, MISMATCH],
    ["an unknown access key", { AccessKeyId: "ASIAAAAAAAAAAAAAAAAA" }, INVALID],
    ["another session token", { SessionToken: "IQoJb3JpZ2luX2Vj" }, INVALID],
    ["no session token", { SessionToken: "" }, INVALID],
  ])("is refused with %s", async (_what, change, refusal) => {
    expect(await refusalOf(identify(change))).toBe(refusal);
    expect(world.sts.requests.at(-1)).toMatchObject({ authorized: false, status: 403 });
  });

  it("is refused in another partition", async () => {
    expect(await refusalOf(identify({}, { region: "cn-north-1" }))).toBe(INVALID);
  });

  it("is refused for a different Region from the endpoint", async () => {
    const regional = await startWorld({ sts: { region: "eu-central-1" } });
    const { Credentials } = await exchange(regional);
    const identifyIn = (region: string) =>
      createClient(regional.sts, { credentials: Credentials, region }).send(new GetCallerIdentityCommand({}));
    expect(await refusalOf(identifyIn("eu-west-1"))).toBe(
      "403 SignatureDoesNotMatch: Credential should be scoped to a valid region. ",
    );
    expect(await identifyIn("eu-central-1")).toMatchObject({ Account: "123456789012" });
    await regional.close();
  });

  it("is refused by a service that did not issue the session", async () => {
    const other = await startSts({ world: { accounts: {} } });
    const stranger = createClient(other, { credentials }).send(new GetCallerIdentityCommand({}));
    expect(await refusalOf(stranger)).toBe(INVALID);
    await other.close();
  });

  it("is refused once the session has expired", async () => {
    now = new Date(START.getTime() + 3_600_000 - 1);
    await identify();
    now = new Date(START.getTime() + 3_600_000);
    expect(await refusalOf(identify())).toBe(
      "403 ExpiredToken: The security token included in the request is expired",
    );
  });
});

describe("the clock of a signature", () => {
  const minutes = (count: number) => count * 60_000;

  it.each([-4.9, 4.9])("may be off by %d minutes", async (offset) => {
    expect(await identify({}, { clockOffsetMs: minutes(offset) })).toMatchObject({ Account: "123456789012" });
  });

  it("may not be ten minutes behind", async () => {
    expect(await refusalOf(identify({}, { clockOffsetMs: minutes(-10) }))).toMatch(
      /^403 SignatureDoesNotMatch: Signature expired: 20261123T02\d{4}Z is now earlier than 20261123T025500Z \(20261123T030000Z - 5 min\.\)$/,
    );
  });

  it("may not be ten minutes ahead", async () => {
    expect(await refusalOf(identify({}, { clockOffsetMs: minutes(10) }))).toMatch(
      /^403 SignatureDoesNotMatch: Signature not yet current: 20261123T03\d{4}Z is still later than 20261123T030500Z \(20261123T030000Z \+ 5 min\.\)$/,
    );
  });

  it("can be corrected from the Date header of every answer", async () => {
    expect((await post({})).headers.get("date")).toBe("Mon, 23 Nov 2026 03:00:00 GMT");
  });
});

describe("a request that is not signed as it should be", () => {
  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ["no signature", {}, "403 MissingAuthenticationToken"],
    ["an incomplete header", { authorization: "AWS4-HMAC-SHA256 Credential=a" }, "400 IncompleteSignature"],
    ["another scheme", { authorization: "Bearer abc" }, "400 IncompleteSignature"],
  ])("is refused for %s", async (_what, headers, refusal) => {
    const answer = await post(headers);
    const [, code] = /<Code>(\w+)<\/Code>/.exec(await answer.text()) ?? [];
    expect(`${answer.status} ${code}`).toBe(refusal);
  });

  it("is refused for a body that was not signed", async () => {
    const authorization =
      `AWS4-HMAC-SHA256 Credential=${credentials.AccessKeyId}/20261123/eu-west-1/sts/aws4_request, ` +
      `SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;
    const answer = await post({
      authorization,
      "x-amz-date": "20261123T030000Z",
      "x-amz-security-token": credentials.SessionToken ?? "",
    });
    expect(await answer.text()).toContain("<Code>SignatureDoesNotMatch</Code>");
  });
});
