import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../world.ts";
import { createClient, exchange, refusalOf } from "./client.ts";

describe("the service", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  function post(body: string) {
    return fetch(world.sts.url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": "curl/8" },
      body,
    });
  }

  it("answers in the XML of the Query protocol", async () => {
    const token = world.mintToken();
    const answer = await post(
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=job&" +
        `RoleArn=arn:aws:iam::123456789012:role/deploy&WebIdentityToken=${token}`,
    );
    const requestId = answer.headers.get("x-amzn-requestid");
    expect(answer.headers.get("content-type")).toBe("text/xml");
    const text = await answer.text();
    expect(text).toMatch(
      /^<AssumeRoleWithWebIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">\n {2}<AssumeRoleWithWebIdentityResult>/,
    );
    expect(text).toMatch(/<Expiration>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<\/Expiration>/);
    expect(text).toContain(`<ResponseMetadata>\n    <RequestId>${requestId}</RequestId>`);
  });

  it("refuses in the XML of the Query protocol", async () => {
    const answer = await post(
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=job&WebIdentityToken=abcd&" +
        `RoleArn=${encodeURIComponent("arn:aws:iam::<123456789012>:role/a&b")}`,
    );
    expect(answer.status).toBe(400);
    expect(await answer.text()).toBe(
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n' +
        "    <Code>ValidationError</Code>\n" +
        "    <Message>arn:aws:iam::&lt;123456789012&gt;:role/a&amp;b is invalid</Message>\n  </Error>\n" +
        `  <RequestId>${answer.headers.get("x-amzn-requestid")}</RequestId>\n</ErrorResponse>\n`,
    );
  });

  it.each([
    "",
    "Action=ListRoles&Version=2011-06-15",
    "Action=GetCallerIdentity",
    "Action=constructor&Version=2011-06-15",
  ])("has no operation for %j", async (body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("<Code>InvalidAction</Code>");
  });

  it("sends a visitor away", async () => {
    const answer = await fetch(world.sts.url, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://aws.amazon.com/iam"]);
  });

  it("logs who asked, for what, and over which connection", async () => {
    const before = world.sts.requests.length;
    await post("Action=GetCallerIdentity&Version=2011-06-15");
    expect(world.sts.requests.slice(before)).toEqual([
      {
        action: "GetCallerIdentity",
        region: undefined,
        host: new URL(world.sts.url).host,
        at: expect.any(Date),
        parameters: { Action: "GetCallerIdentity", Version: "2011-06-15" },
        userAgent: "curl/8",
        httpVersion: "1.1",
        connectionId: expect.any(Number),
        authorized: false,
        status: 403,
        errorCode: "MissingAuthenticationToken",
        errorMessage: "Request is missing Authentication Token",
        judgement: undefined,
      },
    ]);
  });
});

describe("connections", () => {
  it.each(["http", "https"] as const)("over %s are counted and kept for more requests", async (scheme) => {
    const world = await startWorld(scheme === "https" ? { tls: true } : {});
    const { Credentials: credentials } = await exchange(world);
    const client: STSClient = createClient(world.sts, {
      credentials,
      authorityPem: world.authority?.certificatePem,
    });
    await client.send(new GetCallerIdentityCommand({}));
    await client.send(new GetCallerIdentityCommand({}));
    expect(world.sts.connections).toBe(2);
    expect(world.sts.requests.map(({ connectionId }) => connectionId)).toEqual([1, 2, 2]);
    await world.close();
  });
});

describe("sessions", () => {
  it("can end early, and say so", async () => {
    let now = new Date("2026-11-23T03:00:00.250Z");
    const world = await startWorld({ clock: () => now, sts: { maxSessionLifetimeMs: 1500 } });
    const { Credentials: credentials } = await exchange(world);
    expect(credentials?.Expiration).toEqual(new Date("2026-11-23T03:00:01.750Z"));
    now = new Date("2026-11-23T03:00:01.750Z");
    const client = createClient(world.sts, { credentials, clockOffsetMs: now.getTime() - Date.now() });
    expect(await refusalOf(client.send(new GetCallerIdentityCommand({})))).toMatch(/^403 ExpiredToken: /);
    await world.close();
  });

  it("have a token of the length asked for", async () => {
    const world = await startWorld({ sts: { sessionTokenLength: 5300 } });
    const { Credentials } = await exchange(world);
    expect(Credentials?.SessionToken).toHaveLength(5300);
    await world.close();
  });

  it("are all among the secrets to search for", async () => {
    const world = await startWorld();
    const { Credentials } = await exchange(world);
    expect(world.sts.secretsIssued()).toEqual([Credentials?.SecretAccessKey, Credentials?.SessionToken]);
    await world.close();
  });
});
