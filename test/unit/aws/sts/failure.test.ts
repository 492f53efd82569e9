import { describe, expect, it } from "vitest";
import { toStsError, unreadableReply } from "../../../../src/aws/sts/failure.ts";
import { StsError } from "../../../../src/aws/sts/sts.ts";
import { AwsOidcError } from "../../../../src/foundation/errors.ts";

const asked = {
  action: "AssumeRoleWithWebIdentity",
  target: { region: "eu-central-1", endpoint: undefined, variant: "standard" },
} as const;

/** An error with the members that the SDK or Node puts on it. */
function thrown(message: string, members: object): Error {
  return Object.assign(new Error(message), members);
}

describe("sorts what comes of an answer", () => {
  it.each([
    {
      name: "an error of STS",
      members: { Code: "AccessDenied" },
      reply: { statusCode: 403, headers: { "x-amzn-requestid": "c6104cbe" } },
      fault: { kind: "service", code: "AccessDenied", httpStatus: 403, requestId: "c6104cbe" },
    },
    {
      name: "an error of STS, by its code on the wire and not by its name",
      members: { name: "ExpiredTokenException", Code: "ExpiredToken" },
      reply: { statusCode: 400, headers: {} },
      fault: { kind: "service", code: "ExpiredToken", httpStatus: 400, requestId: undefined },
    },
    {
      name: "an error without a code of STS",
      members: {},
      reply: { statusCode: 502, headers: { "x-amzn-requestid": "c6104cbe" } },
      fault: { kind: "reply", httpStatus: 502 },
    },
    {
      name: "an answer that cannot be read",
      members: {},
      reply: { statusCode: 200, headers: {} },
      fault: { kind: "reply", httpStatus: 200 },
    },
    {
      name: "an answer that breaks off",
      members: { code: "ECONNRESET" },
      reply: { statusCode: 200, headers: {} },
      fault: { kind: "network", code: "ECONNRESET" },
    },
    {
      name: "an answer that is too large",
      members: { code: "TOO_LARGE" },
      reply: { statusCode: 403, headers: {} },
      fault: { kind: "reply", httpStatus: 403 },
    },
  ])("$name", ({ members, reply, fault }) => {
    expect(toStsError(thrown("said", members), { ...asked, reply }).fault).toEqual(fault);
  });
});

describe("sorts what is thrown where nothing answers", () => {
  it.each([
    [
      "bytes that are not HTTP",
      thrown("Parse Error: Expected HTTP/", { code: "HPE_INVALID_CONSTANT" }),
      { kind: "reply", httpStatus: undefined },
    ],
    [
      "a connection that was not accepted in time",
      thrown("Connection timed out", { name: "TimeoutError" }),
      { kind: "timeout", phase: "connect" },
    ],
    [
      "a connection that the system gave up",
      thrown("connect ETIMEDOUT", { code: "ETIMEDOUT", syscall: "connect" }),
      { kind: "timeout", phase: "connect" },
    ],
    [
      "connections to several addresses that the system gave up",
      thrown("", { code: "ETIMEDOUT", errors: [{ code: "ETIMEDOUT" }] }),
      { kind: "timeout", phase: "connect" },
    ],
    [
      "an answer that did not come in time",
      thrown("read ETIMEDOUT", { name: "TimeoutError", code: "ETIMEDOUT", syscall: "read" }),
      { kind: "timeout", phase: "answer" },
    ],
    [
      "a reset, which the SDK calls a time-out",
      thrown("socket hang up", { name: "TimeoutError", code: "ECONNRESET" }),
      { kind: "network", code: "ECONNRESET" },
    ],
    [
      "the first of several addresses that refused",
      thrown("", { errors: [{ code: "ECONNREFUSED" }, { code: "ENETUNREACH" }] }),
      { kind: "network", code: "ECONNREFUSED" },
    ],
    [
      "a server without TLS, found out before a request waited for the connection",
      thrown("wrong version number", { code: "ERR_SSL_WRONG_VERSION_NUMBER" }),
      { kind: "network", code: "EPROTO" },
    ],
    ["several addresses without errors", thrown("", { errors: [] }), { kind: "network", code: "Error" }],
    [
      "a failure behind another",
      thrown("fetch failed", { cause: { code: "ENOTFOUND" } }),
      { kind: "network", code: "ENOTFOUND" },
    ],
    [
      "an error of another kind, by its name",
      new TypeError("not a function"),
      { kind: "network", code: "TypeError" },
    ],
    ["something that is no error", "thrown", { kind: "network", code: "UNKNOWN" }],
    ["nothing", null, { kind: "network", code: "UNKNOWN" }],
  ])("%s", (_, error, fault) => {
    expect(toStsError(error, asked).fault).toEqual(fault);
  });
});

it("keeps what was asked, and what was thrown as the cause", () => {
  const error = thrown("reset", { code: "ECONNRESET" });
  expect(toStsError(error, asked)).toMatchObject({ ...asked, cause: error, message: "reset" });
});

it("passes an error on that it sorted already", () => {
  const error = new StsError("cut off", { ...asked, fault: { kind: "reply", httpStatus: 200 } });
  expect(toStsError(error, { ...asked, action: "AssumeRole" })).toBe(error);
});

it("passes an error on that this program threw on the way", () => {
  const error = new AwsOidcError("CONFIG_INVALID", "the proxy cannot be used", { hint: "Correct it." });
  expect(() => toStsError(error, asked)).toThrow(error);
});

it.each([
  [
    "two lines, of which the second speaks of the SDK",
    "not expected.\n  Deserialization error: …",
    "not expected.",
  ],
  ["nothing", "", "no reason given"],
])("takes of a message of %s what tells something", (_, message, told) => {
  expect(toStsError(new Error(message), asked).message).toBe(told);
});

it.each([
  ["5", 5000],
  ["0", 0],
  ["Mon, 23 Nov 2026 04:00:00 GMT", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  [undefined, undefined],
])("reads the header retry-after %j as %j ms", (header, retryAfterMs) => {
  const reply = { statusCode: 503, headers: { "retry-after": header } };
  expect(toStsError(thrown("slow down", {}), { ...asked, reply }).retryAfterMs).toBe(retryAfterMs);
});

it("waits for nothing when nothing answered", () => {
  expect(toStsError(thrown("x", {}), asked).retryAfterMs).toBeUndefined();
});

it("tells whether the clock was corrected", () => {
  expect(toStsError(thrown("skew", {}), { ...asked, clockCorrected: true }).clockCorrected).toBe(true);
  expect(toStsError(thrown("skew", {}), asked).clockCorrected).toBe(false);
});

it("throws for an answer without the fields of STS", () => {
  expect(() => unreadableReply(asked, 200)).toThrow(
    expect.objectContaining({ ...asked, fault: { kind: "reply", httpStatus: 200 } }),
  );
});
