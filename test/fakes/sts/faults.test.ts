import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../../stand-ins/sts/faults.ts";
import { startWorld, type World } from "../world.ts";
import { type ClientOptions, exchange, refusalOf } from "./client.ts";

const TOO_LONG_MS = 250;
/** Code of the error that the client ends with. */
async function failureOf(world: World, options: ClientOptions = {}): Promise<unknown> {
  const error: unknown = await exchange(world, {}, options).then(
    () => new Error("the request was answered"),
    (cause: unknown) => cause,
  );
  return error instanceof Error && "code" in error ? error.code : error;
}

describe.each(["http", "https"] as const)("a fault over %s", (scheme) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(scheme === "https" ? { tls: true } : {});
  });
  afterAll(() => world.close());
  afterEach(() => world.sts.behave());

  it.each<readonly [Fault, string]>([
    [{ kind: "reset-mid-body" }, "ECONNRESET"],
    [{ kind: "close-at-accept" }, "ECONNRESET"],
    [{ kind: "garbage" }, "HPE_INVALID_CONSTANT"],
  ])("%j makes the client fail once", async (fault, failure) => {
    world.sts.misbehave({ fault });
    expect(await failureOf(world)).toBe(failure);
    expect(await exchange(world)).toMatchObject({ Audience: "https://gitlab.example.com" });
  });

  it.each<Fault>([
    { kind: "stall-after-headers" },
    { kind: "trickle", intervalMs: 60 },
    { kind: "hang-at-accept" },
  ])("%j keeps the client waiting", async (fault) => {
    world.sts.misbehave({ fault });
    const answered = exchange(world, {}, { requestTimeoutMs: 60_000 }).then(
      () => "answered",
      () => "failed",
    );
    const patience = new Promise((resolve) => setTimeout(resolve, TOO_LONG_MS, "still waiting"));
    expect(await Promise.race([answered, patience])).toBe("still waiting");
  });

  it.each<readonly [Fault, string]>([
    [{ kind: "throttling" }, "400 Throttling: Rate exceeded"],
    [
      { kind: "idp-communication-error" },
      "400 IDPCommunicationError: Your request failed because STS could not reach the identity provider.",
    ],
    [{ kind: "error", status: 403, code: "AccessDenied", message: "no" }, "403 AccessDenied: no"],
    [{ kind: "server-error", status: 500 }, "500 InternalFailure: Internal failure"],
    [{ kind: "server-error", status: 503 }, "503 ServiceUnavailable: Internal failure"],
  ])("%j is a refusal that the client can read", async (fault, refusal) => {
    world.sts.misbehave({ fault });
    expect(await refusalOf(exchange(world))).toBe(refusal);
  });

  it.each<Fault>([
    { kind: "truncated-xml" },
    { kind: "html" },
    { kind: "html", status: 403 },
    { kind: "empty" },
    { kind: "body", status: 200, text: "<AssumeRoleWithWebIdentityResponse/>" },
    { kind: "server-error", status: 502, body: "none" },
  ])("%j is an answer that gives no credentials", async (fault) => {
    world.sts.misbehave({ fault });
    const credentials = await exchange(world).then(
      ({ Credentials }) => Credentials,
      () => undefined,
    );
    expect(credentials).toBeUndefined();
    expect(world.sts.requests.at(-1)?.parameters).toHaveProperty("RoleArn");
  });
});

describe("a fault", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ sts: { region: "eu-west-1" } });
  });
  afterAll(() => world.close());
  afterEach(() => world.sts.behave());

  it("strikes as often as ordered, the first ordered first", async () => {
    world.sts.misbehave({ fault: { kind: "server-error", status: 500 }, times: 2 });
    world.sts.misbehave({ fault: { kind: "throttling" } });
    const before = world.sts.requests.length;
    for (const refusal of [/^500/, /^500/, /^400 Throttling/]) {
      expect(await refusalOf(exchange(world))).toMatch(refusal);
    }
    await exchange(world);
    expect(world.sts.requests.slice(before).map(({ status }) => status)).toEqual([500, 500, 400, 200]);
  });

  it("strikes for ever until the service behaves", async () => {
    world.sts.misbehave({ fault: { kind: "throttling" }, times: "forever" });
    await refusalOf(exchange(world));
    await refusalOf(exchange(world));
    world.sts.behave();
    expect(await exchange(world)).toHaveProperty("Credentials");
  });

  it.each([{ action: "GetCallerIdentity" }, { region: "us-east-1" }])(
    "confined to %j spares the rest",
    async (target) => {
      world.sts.misbehave({ fault: { kind: "throttling" }, ...target });
      expect(await exchange(world)).toHaveProperty("Credentials");
    },
  );

  it.each([{ action: "AssumeRoleWithWebIdentity" }, { region: "eu-west-1" }])(
    "confined to %j strikes it",
    async (target) => {
      world.sts.misbehave({ fault: { kind: "throttling" }, ...target });
      expect(await refusalOf(exchange(world))).toBe("400 Throttling: Rate exceeded");
    },
  );

  it("can ask to retry later", async () => {
    world.sts.misbehave({ fault: { kind: "server-error", status: 503, retryAfterSeconds: 2 } });
    const answer = await fetch(world.sts.url, { method: "POST", body: "" });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  });

  it("does not keep the server from closing", async () => {
    const hanging = await startWorld();
    for (const kind of ["hang", "hang-at-accept", "stall-after-headers"] as const)
      hanging.sts.misbehave({ fault: { kind } });
    hanging.sts.misbehave({ fault: { kind: "trickle", intervalMs: 60_000 } });
    hanging.sts.misbehave({ fault: { kind: "delay", ms: 60_000 } });
    const pending = Array.from({ length: 5 }, () => exchange(hanging));
    await expect.poll(() => hanging.sts.requests.length).toBe(4);
    const idle = connect(hanging.sts.port, "127.0.0.1");
    const ended = new Promise((resolve) => idle.once("close", resolve).on("error", () => {}));
    await expect.poll(() => hanging.sts.connections).toBe(6);
    await hanging.close();
    const outcomes = await Promise.allSettled(pending);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    await ended;
  });
});

describe("admission", () => {
  it("throttles what exceeds the rate", async () => {
    const busy = await startWorld({ sts: { admitPerSecond: 0.001 } });
    await exchange(busy);
    expect(await refusalOf(exchange(busy))).toBe("400 Throttling: Rate exceeded");
    expect(busy.sts.requests.map(({ errorCode }) => errorCode)).toEqual([undefined, "Throttling"]);
    await busy.close();
  });
});
