/** One way for the service to misbehave. Without a word on it, the request is worked on as usual. */
export type Fault =
  /** Answers correctly, this much later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Reads the request and never answers. */
  | { readonly kind: "hang" }
  /** Sends the headers of the answer and nothing after them. */
  | { readonly kind: "stall-after-headers" }
  /** Sends the body of the answer one byte per interval. */
  | { readonly kind: "trickle"; readonly intervalMs: number }
  /** Sends half of the body, then resets the connection. */
  | { readonly kind: "reset-mid-body" }
  /** Sends half of the XML as if it were all. */
  | { readonly kind: "truncated-xml" }
  /** A web page, as a proxy or a captive portal sends. */
  | { readonly kind: "html"; readonly status?: number }
  /** Status 200 and no body. */
  | { readonly kind: "empty" }
  /** Whatever somebody else than STS may send. */
  | { readonly kind: "body"; readonly status: number; readonly text: string }
  /** A body without an end, as fast as it is read. */
  | { readonly kind: "endless"; readonly status: number }
  /** A failing load balancer (no body) or a failing service (its XML). */
  | {
      readonly kind: "server-error";
      readonly status: 500 | 502 | 503;
      readonly body?: "xml" | "none";
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: "throttling" }
  | { readonly kind: "idp-communication-error" }
  /** Any refusal of the service. */
  | { readonly kind: "error"; readonly status: number; readonly code: string; readonly message: string }
  /** Bytes that are not HTTP. */
  | { readonly kind: "garbage" }
  /** Resets the TCP connection once accepted. */
  | { readonly kind: "close-at-accept" }
  /** Accepts the TCP connection and never answers on it: over TLS, not even the handshake. */
  | { readonly kind: "hang-at-accept" };

/** A fault and what it befalls. */
export interface Misbehaviour {
  readonly fault: Fault;
  /** Only requests for this action. Faults at accept befall connections, of which neither is known. */
  readonly action?: string;
  /** Only requests to the endpoint of this Region. */
  readonly region?: string;
  /** How often, once unless given. */
  readonly times?: number | "forever";
}

export type ConnectionFault = Extract<Fault, { kind: "close-at-accept" | "hang-at-accept" }>;
export type RequestFault = Exclude<Fault, ConnectionFault>;

/** What a fault may be confined to. */
export type FaultTarget = Pick<Misbehaviour, "action" | "region">;

interface Pending<F extends Fault> {
  readonly fault: F;
  readonly target: FaultTarget;
  remaining: number;
}

function isConnectionFault(fault: Fault): fault is ConnectionFault {
  return fault.kind === "close-at-accept" || fault.kind === "hang-at-accept";
}

function befalls(
  { action, region }: FaultTarget,
  request: { readonly [K in keyof FaultTarget]: string | undefined },
) {
  return (action ?? request.action) === request.action && (region ?? request.region) === request.region;
}

function takeFirst<F extends Fault>(
  pending: readonly Pending<F>[],
  matches: (target: FaultTarget) => boolean,
): F | undefined {
  const next = pending.find(({ remaining, target }) => remaining > 0 && matches(target));
  if (next === undefined) return undefined;
  next.remaining -= 1;
  return next.fault;
}

/** Faults that are ordered, in the order in which they strike. */
export class FaultPlan {
  #ofRequests: Pending<RequestFault>[] = [];
  #ofConnections: Pending<ConnectionFault>[] = [];

  add({ fault, times = 1, ...target }: Misbehaviour): void {
    const remaining = times === "forever" ? Number.POSITIVE_INFINITY : times;
    if (isConnectionFault(fault)) this.#ofConnections.push({ fault, target: {}, remaining });
    else this.#ofRequests.push({ fault, target, remaining });
  }

  clear(): void {
    this.#ofRequests = [];
    this.#ofConnections = [];
  }

  takeForRequest(action: string | undefined, region: string | undefined): RequestFault | undefined {
    return takeFirst(this.#ofRequests, (target) => befalls(target, { action, region }));
  }

  takeForConnection(): ConnectionFault | undefined {
    return takeFirst(this.#ofConnections, () => true);
  }
}
