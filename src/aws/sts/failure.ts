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

/** What the SDK may put on an error; nothing of it can be relied on. */
interface SdkErrorShape {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly Code?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly errors?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: {
    readonly httpStatusCode?: unknown;
    readonly requestId?: unknown;
    readonly clockSkewCorrected?: unknown;
  };
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

/** Throws the error for an answer that lacks what STS always sends. */
export function unreadableReply(asked: Asked, httpStatus: number | undefined): never {
  throw new StsError("the answer holds none of the fields that STS always sends", {
    ...asked,
    fault: { kind: "reply", httpStatus },
  });
}

/**
 * Sorts what the SDK threw into the kinds of fault that this program tells apart.
 *
 * @throws {AwsOidcError} what this program itself threw into the SDK: a proxy that cannot be used
 */
export function toStsError(error: unknown, asked: Asked): StsError {
  if (error instanceof StsError) return error;
  if (error instanceof AwsOidcError) throw error;
  const shape: SdkErrorShape = typeof error === "object" && error !== null ? error : {};
  const fault = faultOf(shape);
  return new StsError(messageOf(shape, fault), {
    ...asked,
    cause: error,
    fault,
    retryAfterMs: retryAfterMs(shape),
    clockCorrected: shape.$metadata?.clockSkewCorrected === true,
  });
}

/** The code of an answer that has more bytes than any of STS. */
export const TOO_LARGE = "TOO_LARGE";

/** What is not HTTP at all, by the codes of Node's parser, or too much of it. */
const UNREADABLE = new RegExp(`^(?:HPE_|${TOO_LARGE}$)`);

function faultOf(error: SdkErrorShape): StsFault {
  const httpStatus = numberOrUndefined(error.$metadata?.httpStatusCode);
  if (httpStatus !== undefined && typeof error.Code === "string") {
    const requestId = textOrUndefined(error.$metadata?.requestId)?.slice(0, MAX_NAME_LENGTH);
    return { kind: "service", code: cut(error.Code, MAX_NAME_LENGTH), httpStatus, requestId };
  }
  // A connection that breaks in the middle of an answer has both a status and the platform's code.
  if (httpStatus !== undefined && error.code === undefined) return { kind: "reply", httpStatus };
  const phase = timedOutPhase(error);
  if (phase !== undefined) return { kind: "timeout", phase };
  const code = networkCode(error);
  return UNREADABLE.test(code) ? { kind: "reply", httpStatus } : { kind: "network", code };
}

/** The SDK's handler also calls a connection that was reset a `TimeoutError`, which it is not. */
function timedOutPhase(error: SdkErrorShape): "connect" | "answer" | undefined {
  if (error.code === "ETIMEDOUT") {
    const connecting = error.syscall === "connect" || Array.isArray(error.errors);
    return connecting ? "connect" : "answer";
  }
  return error.name === "TimeoutError" && error.code === undefined ? "connect" : undefined;
}

/** What OpenSSL says; the same failure is `EPROTO` to Node when a request is already waiting for the connection. */
const OPENSSL_FAULT = /^ERR_SSL_/;

/** The code of the failure, or of the first of several addresses that were tried. */
function networkCode(error: SdkErrorShape): string {
  const nested: SdkErrorShape = Array.isArray(error.errors) ? (error.errors[0] ?? {}) : (error.cause ?? {});
  const code =
    textOrUndefined(error.code) ?? textOrUndefined(nested.code) ?? textOrUndefined(error.name) ?? "UNKNOWN";
  return OPENSSL_FAULT.test(code) ? "EPROTO" : cut(code, MAX_NAME_LENGTH);
}

function messageOf(error: SdkErrorShape, fault: StsFault): string {
  const message = platformMessage(error);
  if (message === "" || message === "Unknown") return "no reason given";
  // What the SDK's parser says of it repeats parts of it, or speaks of the parser itself.
  return fault.kind === "reply" && error.code === undefined ? "the answer cannot be read" : message;
}

/** @see RFC 9110 section 10.2.3; STS sends seconds, never a date */
function retryAfterMs(error: SdkErrorShape): number | undefined {
  const header = error.$response?.headers?.["retry-after"];
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOrUndefined(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
