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

describe("sorts what the SDK throws", () => {
  const answered = { httpStatusCode: 403, requestId: "c6104cbe" };
  it.each([
    [
      "an error of STS",
      thrown("Not authorized", { name: "AccessDenied", Code: "AccessDenied", $metadata: answered }),
      { kind: "service", code: "AccessDenied", httpStatus: 403, requestId: "c6104cbe" },
    ],
    [
      "an error of STS, by its code on the wire and not by its class",
      thrown("Token expired", {
        name: "ExpiredTokenException",
        Code: "ExpiredToken",
        $metadata: { httpStatusCode: 400 },
      }),
      { kind: "service", code: "ExpiredToken", httpStatus: 400, requestId: undefined },
    ],
    [
      "an error without a code of STS",
      thrown("Unknown", { name: "502", $metadata: { httpStatusCode: 502 } }),
      { kind: "reply", httpStatus: 502 },
    ],
    [
      "an answer that cannot be read",
      thrown("char 'h' is not expected.:1:1", { name: "Error", $metadata: { httpStatusCode: 200 } }),
      { kind: "reply", httpStatus: 200 },
    ],
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

it("passes an error on that this program threw into the SDK", () => {
  const error = new AwsOidcError("CONFIG_INVALID", "the proxy cannot be used", { hint: "Correct it." });
  expect(() => toStsError(error, asked)).toThrow(error);
});

it.each([
  [
    "two lines, of which the second speaks of the SDK",
    "not expected.\n  Deserialization error: …",
    "not expected.",
  ],
  ["the SDK's word for nothing", "Unknown", "no reason given"],
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
  const error = thrown("slow down", { $response: { headers: { "retry-after": header } } });
  expect(toStsError(error, asked).retryAfterMs).toBe(retryAfterMs);
});

it("waits for nothing when there are no headers", () => {
  expect(toStsError(thrown("x", { $response: {} }), asked).retryAfterMs).toBeUndefined();
});

it("tells whether the SDK corrected the clock", () => {
  expect(toStsError(thrown("skew", { $metadata: { clockSkewCorrected: true } }), asked).clockCorrected).toBe(
    true,
  );
  expect(toStsError(thrown("skew", { $metadata: {} }), asked).clockCorrected).toBe(false);
});

it("throws for an answer without the fields of STS", () => {
  expect(() => unreadableReply(asked, 200)).toThrow(
    expect.objectContaining({ ...asked, fault: { kind: "reply", httpStatus: 200 } }),
  );
});
