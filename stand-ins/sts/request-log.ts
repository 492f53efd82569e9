import type { IncomingMessage } from "node:http";
import type { ServiceRequest } from "./service.ts";
import type { Judgement } from "./trust-policy.ts";

/** A request that reached the service. */
export interface StsRequest {
  /** `undefined` if the request named none. */
  readonly action: string | undefined;
  /** Region of the endpoint asked, or else of the signature; `undefined` where neither tells. */
  readonly region: string | undefined;
  /** The `Host` header. */
  readonly host: string;
  /** By the clock of the service. */
  readonly at: Date;
  /** Parameters sent; the token only as `<837 characters>`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly userAgent: string | undefined;
  readonly httpVersion: string;
  /** Number of the connection, counted from 1. */
  readonly connectionId: number;
  /** Whether the signature was valid; `undefined` for an unsigned operation, or before the answer. */
  readonly authorized: boolean | undefined;
  /** Status of the answer, whether or not a fault then cut it; `undefined` before it. */
  readonly status: number | undefined;
  /** Code of the refusal; `undefined` for a success and for a fault that was ordered. */
  readonly errorCode: string | undefined;
  /** Message of the refusal. */
  readonly errorMessage: string | undefined;
  /** How the trust policy of the role was judged, where it came to that. */
  readonly judgement: Judgement | undefined;
}

/** The part of the log that is filled in once the answer is known. */
export type StsRequestOutcome = Pick<
  StsRequest,
  "authorized" | "status" | "errorCode" | "errorMessage" | "judgement"
>;

const SECRET_PARAMETERS = new Set(["WebIdentityToken", "TokenCode"]);

function withoutSecrets([name, value]: readonly [string, string]): readonly [string, string] {
  return [name, SECRET_PARAMETERS.has(name) ? `<${value.length} characters>` : value];
}

function regionOfSignature(authorization: string | undefined): string | undefined {
  return /Credential=[^/]+\/\d{8}\/([^/]+)\//.exec(authorization ?? "")?.[1];
}

/** Every request in order of arrival. */
export class RequestLog {
  readonly #requests: StsRequest[] = [];

  get requests(): readonly StsRequest[] {
    return this.#requests;
  }

  /** @returns a function that fills in the outcome */
  add(
    request: ServiceRequest,
    { httpVersion }: IncomingMessage,
    connectionId: number,
  ): (outcome: StsRequestOutcome) => void {
    const { parameters, region, receivedAt, headers } = request;
    const entry = {
      action: parameters.get("Action"),
      region: region ?? regionOfSignature(headers.authorization),
      host: headers.host ?? "",
      at: receivedAt,
      parameters: Object.fromEntries(parameters.entries().map(withoutSecrets)),
      userAgent: headers["user-agent"],
      httpVersion,
      connectionId,
      authorized: undefined,
      status: undefined,
      errorCode: undefined,
      errorMessage: undefined,
      judgement: undefined,
    };
    this.#requests.push(entry);
    return (outcome) => Object.assign(entry, outcome);
  }
}
