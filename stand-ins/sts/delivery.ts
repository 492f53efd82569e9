import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, errorAnswer } from "./dispatch.ts";
import { ServiceError, throttling } from "./errors.ts";
import type { RequestFault } from "./faults.ts";

/** The wire that an answer goes out on. */
export interface Wire {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
  readonly reset: () => void;
}

/** Faults that replace the answer, so that the operation is not even tried. */
type Replacement = Extract<
  RequestFault,
  { kind: "html" | "empty" | "body" | "server-error" | "throttling" | "idp-communication-error" | "error" }
>;

const WEB_PAGE =
  "<!DOCTYPE html>\n<html><head><title>Access</title></head><body><h1>Sign in</h1></body></html>\n";

const SERVER_ERROR_CODES = { 500: "InternalFailure", 502: "BadGateway", 503: "ServiceUnavailable" } as const;

function serverError(fault: Extract<Replacement, { kind: "server-error" }>, requestId: string): Answer {
  const code = SERVER_ERROR_CODES[fault.status];
  const plain = { status: fault.status, headers: {}, body: "" };
  const answer =
    fault.body === "none"
      ? plain
      : errorAnswer(new ServiceError(fault.status, code, "Internal failure"), requestId);
  if (fault.retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, "retry-after": String(fault.retryAfterSeconds) } };
}

/** The answer that a fault puts in the place of the real one, if it does. */
export function replacementFor(fault: RequestFault | undefined, requestId: string): Answer | undefined {
  switch (fault?.kind) {
    case "html":
      return { status: fault.status ?? 200, headers: { "content-type": "text/html" }, body: WEB_PAGE };
    case "empty":
      return { status: 200, headers: {}, body: "" };
    case "body":
      return { status: fault.status, headers: { "content-type": "text/xml" }, body: fault.text };
    case "server-error":
      return serverError(fault, requestId);
    case "throttling":
      return errorAnswer(throttling(), requestId);
    case "idp-communication-error":
      return errorAnswer(
        new ServiceError(
          400,
          "IDPCommunicationError",
          "Your request failed because STS could not reach the identity provider.",
        ),
        requestId,
      );
    case "error":
      return errorAnswer(new ServiceError(fault.status, fault.code, fault.message), requestId);
    default:
      return undefined;
  }
}

function sendHeaders({ response }: Wire, { status, headers }: Answer, body: Buffer): void {
  response.writeHead(status, { ...headers, "content-length": body.length });
}

async function trickle(wire: Wire, answer: Answer, intervalMs: number): Promise<void> {
  const body = Buffer.from(answer.body);
  sendHeaders(wire, answer, body);
  wire.response.flushHeaders();
  for (const byte of body) {
    if (wire.response.destroyed) return;
    wire.response.write(Buffer.of(byte));
    await sleep(intervalMs, undefined, { signal: wire.closing });
  }
  wire.response.end();
}

function resetMidBody(wire: Wire, answer: Answer): void {
  const body = Buffer.from(answer.body);
  sendHeaders(wire, answer, body);
  wire.response.write(body.subarray(0, body.length / 2), () => wire.reset());
}

function* endlessly(chunk: Buffer): Generator<Buffer> {
  for (;;) yield chunk;
}

/** Ends when the client has had enough. */
async function flood({ response }: Wire, status: number): Promise<void> {
  response.writeHead(status, { "content-type": "text/xml" });
  await pipeline(endlessly(Buffer.alloc(65_536, "<!DOCTYPE a>")), response).catch(() => {});
}

function send(wire: Wire, answer: Answer): void {
  const body = Buffer.from(answer.body);
  sendHeaders(wire, answer, body);
  wire.response.end(body);
}

/** Sends an answer, the way that the fault has it. */
export async function deliver(wire: Wire, answer: Answer, fault: RequestFault | undefined): Promise<void> {
  switch (fault?.kind) {
    case "hang":
      return;
    case "delay":
      await sleep(fault.ms, undefined, { signal: wire.closing });
      return send(wire, answer);
    case "stall-after-headers":
      sendHeaders(wire, answer, Buffer.from(answer.body));
      return wire.response.flushHeaders();
    case "trickle":
      return trickle(wire, answer, fault.intervalMs);
    case "endless":
      return flood(wire, fault.status);
    case "reset-mid-body":
      return resetMidBody(wire, answer);
    case "truncated-xml":
      return send(wire, { ...answer, body: answer.body.slice(0, answer.body.length / 2) });
    case "garbage":
      wire.request.socket.end("\u0000\u0001 this is not HTTP\r\n\r\n");
      return;
    default:
      return send(wire, answer);
  }
}
