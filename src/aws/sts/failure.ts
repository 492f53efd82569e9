import { AwsOidcError } from "../../foundation/errors.ts";
import { platformMessage } from "../../foundation/platform-message.ts";
import { cut } from "../../foundation/quote.ts";
import { StsError, type StsFault, type StsTarget } from "./sts.ts";

interface Asked {
  readonly action: string;
  readonly target: StsTarget;
}

/** Codes and request ids are shorter. */
const MAX_NAME_LENGTH = 100;

/** One request, and how far it came. */
interface Attempt extends Asked {
  /** What answered, if anything did; an answer may still break off, or not come from STS. */
  readonly reply?: Reply | undefined;
  /** Whether the clock for signing requests was wrong, and was corrected with this answer. */
  readonly clockCorrected?: boolean;
}

interface Reply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What Node and the SDK may put on an error; none of it is guaranteed. */
interface ErrorShape {
  readonly name?: unknown;
  readonly message?: unknown;
  /** STS's own. */
  readonly Code?: unknown;
  /** Node's. */
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly errors?: unknown;
  readonly cause?: unknown;
}

/** Throws the error for an answer that lacks what STS always sends. */
export function unreadableReply(asked: Asked, httpStatus: number | undefined): never {
  throw new StsError("the answer has none of the fields that STS always sends", {
    ...asked,
    fault: { kind: "reply", httpStatus },
  });
}

/**
 * Sorts the outcome of a request into the kinds of fault that this program distinguishes.
 *
 * @param error what the SDK threw, or Node
 * @throws {AwsOidcError} what this program itself threw on the way: a proxy that cannot be used
 */
export function toStsError(error: unknown, { reply, clockCorrected = false, ...asked }: Attempt): StsError {
  if (error instanceof StsError) return error;
  if (error instanceof AwsOidcError) throw error;
  const shape: ErrorShape = typeof error === "object" && error !== null ? error : {};
  const fault = faultOf(shape, reply);
  return new StsError(messageOf(shape, fault), {
    ...asked,
    cause: error,
    fault,
    retryAfterMs: retryAfterMs(reply),
    clockCorrected,
  });
}

/** The code of an answer that has more bytes than any of STS. */
export const TOO_LARGE = "TOO_LARGE";

/** Answers that are not HTTP, or too long, by the codes of Node's parser. */
const UNREADABLE = new RegExp(`^(?:HPE_|${TOO_LARGE}$)`);

function faultOf(error: ErrorShape, reply: Reply | undefined): StsFault {
  const httpStatus = reply?.statusCode;
  if (reply !== undefined && typeof error.Code === "string") {
    const code = cut(error.Code, MAX_NAME_LENGTH);
    return { kind: "service", code, httpStatus: reply.statusCode, requestId: requestIdOf(reply) };
  }
  // A connection that breaks in the middle of an answer has both a status and the platform's code.
  if (httpStatus !== undefined && error.code === undefined) return { kind: "reply", httpStatus };
  const phase = timedOutPhase(error);
  if (phase !== undefined) return { kind: "timeout", phase };
  const code = networkCode(error);
  return UNREADABLE.test(code) ? { kind: "reply", httpStatus } : { kind: "network", code };
}

/** The SDK's handler also reports a reset connection as a `TimeoutError`, which it is not. */
function timedOutPhase(error: ErrorShape): "connect" | "answer" | undefined {
  if (error.code === "ETIMEDOUT") {
    const connecting = error.syscall === "connect" || Array.isArray(error.errors);
    return connecting ? "connect" : "answer";
  }
  return error.name === "TimeoutError" && error.code === undefined ? "connect" : undefined;
}

/** OpenSSL's code; Node reports the same failure as `EPROTO` if a request is already waiting for the connection. */
const OPENSSL_FAULT = /^ERR_SSL_/;

/** The code of the failure, or of the first of several addresses that were tried. */
function networkCode(error: ErrorShape): string {
  const nested: ErrorShape = Array.isArray(error.errors) ? (error.errors[0] ?? {}) : (error.cause ?? {});
  const code =
    textOrUndefined(error.code) ?? textOrUndefined(nested.code) ?? textOrUndefined(error.name) ?? "UNKNOWN";
  return OPENSSL_FAULT.test(code) ? "EPROTO" : cut(code, MAX_NAME_LENGTH);
}

function messageOf(error: ErrorShape, fault: StsFault): string {
  const message = platformMessage(error);
  if (message === "") return "no reason given";
  // The SDK parser's message repeats parts of it, or is about the parser itself.
  return fault.kind === "reply" && error.code === undefined ? "the answer cannot be read" : message;
}

/** @see RFC 9110 section 10.2.3; STS sends seconds, never a date */
function retryAfterMs(reply: Reply | undefined): number | undefined {
  const header = reply?.headers["retry-after"];
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

function requestIdOf({ headers }: Reply): string | undefined {
  const id = headers["x-amzn-requestid"] ?? headers["x-amzn-request-id"] ?? headers["x-amz-request-id"];
  return id === "" ? undefined : id?.slice(0, MAX_NAME_LENGTH);
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
