import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ConnectionFate, readBody, type ServerCertificate, startListener } from "../http-listener.ts";
import { deliver, replacementFor } from "./delivery.ts";
import { dispatch, errorAnswer, type Outcome } from "./dispatch.ts";
import { type ErrorTexts, throttling } from "./errors.ts";
import { FaultPlan, type Misbehaviour } from "./faults.ts";
import { QueryParameters } from "./query-protocol.ts";
import { regionOfHost } from "./regions.ts";
import { RequestLog, type StsRequest } from "./request-log.ts";
import type { Service, ServiceRequest } from "./service.ts";
import { Sessions } from "./sessions.ts";
import { TokenBucket } from "./token-bucket.ts";
import { VerificationKeys } from "./verification-keys.ts";
import { Directory, type StsWorld } from "./world.ts";

export interface StsOptions {
  readonly world: StsWorld;
  /** Address of each issuer by its `iss`, in place of DNS; an issuer on loopback needs none. */
  readonly issuers?: Readonly<Record<string, string>> | undefined;
  /** Certificate authority of issuers that speak HTTPS on loopback. */
  readonly issuerAuthorityPem?: string | undefined;
  /** 5000 unless given. */
  readonly issuerTimeoutMs?: number | undefined;
  readonly tls?: ServerCertificate | undefined;
  /** Address to listen on, `127.0.0.1` unless given. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Region of this endpoint where its host name, such as `127.0.0.1`, tells none; any Region unless given. */
  readonly region?: string | undefined;
  readonly clock?: (() => Date) | undefined;
  /** `2026` unless given. */
  readonly errorTexts?: ErrorTexts | undefined;
  /** 1100 unless given. */
  readonly sessionTokenLength?: number | undefined;
  /** Ends sessions early; their `Expiration` says so. */
  readonly maxSessionLifetimeMs?: number | undefined;
  /** Requests admitted per second; the rest is throttled. All unless given. */
  readonly admitPerSecond?: number | undefined;
}

/** A stand-in for AWS STS, of every Region at once. */
export interface Sts {
  /** `https://127.0.0.1:40123`, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Every request that arrived whole, in order. */
  readonly requests: readonly StsRequest[];
  /** TCP connections accepted. */
  readonly connections: number;
  /** Orders a fault; several strike one after the other. */
  misbehave(misbehaviour: Misbehaviour): void;
  /** Forgets the faults that are still to come. */
  behave(): void;
  /** Every secret access key and session token issued, to search outputs for. */
  secretsIssued(): readonly string[];
  close(): Promise<void>;
}

function createService(options: StsOptions, clock: () => Date): Service {
  const { sessionTokenLength = 1100, maxSessionLifetimeMs, errorTexts = "2026" } = options;
  return {
    directory: new Directory(options.world),
    sessions: new Sessions({ clock, sessionTokenLength, maxSessionLifetimeMs }),
    keys: new VerificationKeys({
      issuers: options.issuers ?? {},
      authorityPem: options.issuerAuthorityPem,
      timeoutMs: options.issuerTimeoutMs ?? 5000,
    }),
    texts: errorTexts,
  };
}

function headersOf(message: IncomingMessage): ServiceRequest["headers"] {
  const distinct = Object.entries(message.headersDistinct);
  return Object.fromEntries(distinct.map(([name, values = []]) => [name, values.join(",")]));
}

/** An answer that no operation gave. */
const UNDECIDED: Omit<Outcome, "answer"> = {
  authorized: undefined,
  errorCode: undefined,
  errorMessage: undefined,
  judgement: undefined,
};

class StsServer {
  readonly faults = new FaultPlan();
  readonly log = new RequestLog();
  readonly closing = new AbortController();
  readonly service: Service;
  readonly #clock: () => Date;
  readonly #region: string | undefined;
  readonly #admission: TokenBucket | undefined;

  constructor(options: StsOptions) {
    this.#clock = options.clock ?? (() => new Date());
    this.service = createService(options, this.#clock);
    this.#region = options.region;
    this.#admission =
      options.admitPerSecond === undefined ? undefined : new TokenBucket(options.admitPerSecond);
  }

  decideConnection(): ConnectionFate {
    const fault = this.faults.takeForConnection();
    if (fault === undefined) return "serve";
    return fault.kind === "close-at-accept" ? "close" : "hang";
  }

  async handle(
    message: IncomingMessage,
    response: ServerResponse,
    connection: { readonly id: number; readonly reset: () => void },
  ): Promise<void> {
    const body = await readBody(message);
    const receivedAt = this.#clock();
    response.setHeader("date", receivedAt.toUTCString());
    if (message.method !== "POST") {
      response.writeHead(302, { location: "https://aws.amazon.com/iam" }).end();
      return;
    }
    const request = this.#parse(message, body, receivedAt);
    const complete = this.log.add(request, message, connection.id);
    const requestId = randomUUID();
    const fault = this.faults.takeForRequest(request.parameters.get("Action"), request.region);
    const replacement = replacementFor(fault, requestId);
    const { answer, ...outcome } = replacement
      ? { ...UNDECIDED, answer: replacement }
      : await this.#answer(request, requestId);
    complete({ ...outcome, status: answer.status });
    const wire = {
      request: message,
      response,
      closing: this.closing.signal,
      reset: connection.reset,
    };
    await deliver(wire, answer, fault);
  }

  async #answer(request: ServiceRequest, requestId: string): Promise<Outcome> {
    if (this.#admission && !this.#admission.tryTake()) {
      const refusal = throttling();
      return {
        ...UNDECIDED,
        answer: errorAnswer(refusal, requestId),
        errorCode: refusal.code,
        errorMessage: refusal.message,
      };
    }
    return dispatch(request, this.service, requestId);
  }

  #parse(message: IncomingMessage, body: string, receivedAt: Date): ServiceRequest {
    const headers = headersOf(message);
    return {
      method: "POST",
      target: message.url ?? "/",
      headers,
      body,
      parameters: new QueryParameters(body),
      region: regionOfHost(headers.host ?? "") ?? this.#region,
      sourceIp: (message.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, ""),
      receivedAt,
    };
  }
}

/**
 * Starts the service on loopback.
 *
 * @throws Error for a world with a policy that IAM would not accept
 */
export async function startSts(options: StsOptions): Promise<Sts> {
  const server = new StsServer(options);
  const listener = await startListener({
    handle: (message, response) =>
      server.handle(message, response, {
        id: listener.connectionIdOf(message),
        reset: () => listener.reset(message),
      }),
    decideConnection: () => server.decideConnection(),
    tls: options.tls,
    host: options.host,
    port: options.port,
  });
  return {
    url: listener.origin,
    port: listener.port,
    requests: server.log.requests,
    get connections() {
      return listener.connections;
    },
    misbehave: (misbehaviour) => server.faults.add(misbehaviour),
    behave: () => server.faults.clear(),
    secretsIssued: () => server.service.sessions.secrets(),
    close: () => {
      server.closing.abort();
      return listener.close();
    },
  };
}
