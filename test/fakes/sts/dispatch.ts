import { assumeRole } from "./assume-role.ts";
import { assumeRoleWithWebIdentity } from "./assume-role-with-web-identity.ts";
import { regionDisabled, ServiceError } from "./errors.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";
import { renderError, renderResult, type XmlContent } from "./query-protocol.ts";
import type { Call, Service, ServiceRequest, SignedCall } from "./service.ts";
import { verifySignature } from "./sigv4.ts";

const VERSION = "2011-06-15";

/** An HTTP answer, before it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What an operation came to. */
export interface Outcome {
  readonly answer: Answer;
  /** Whether the signature was valid; `undefined` for an operation without one. */
  readonly authorized: boolean | undefined;
  /** Code of the refusal. */
  readonly errorCode: string | undefined;
}

const UNSIGNED: Readonly<Record<string, (call: Call) => Promise<XmlContent>>> = {
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
};

const SIGNED: Readonly<Record<string, (call: SignedCall) => XmlContent>> = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
};

export function xmlAnswer(status: number, body: string, requestId: string): Answer {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}

/** A refusal as the service sends it. */
export function errorAnswer(error: ServiceError, requestId: string): Answer {
  return xmlAnswer(error.status, renderError(error, requestId), requestId);
}

function runSigned(
  operation: (call: SignedCall) => XmlContent,
  call: Call,
  signedBy: SignedCall["signedBy"],
) {
  const { directory } = call.service;
  const { accountId } = signedBy.session.role;
  if (directory.isRegionDeactivated(accountId, call.request.region ?? signedBy.region)) {
    throw regionDisabled(accountId);
  }
  return operation({ ...call, signedBy });
}

/** Runs the operation that the request names and renders what it gives. */
export async function dispatch(
  request: ServiceRequest,
  service: Service,
  requestId: string,
): Promise<Outcome> {
  const action = request.parameters.get("Action") ?? "";
  const version = request.parameters.get("Version");
  const unsigned = UNSIGNED[action];
  const signed = SIGNED[action];
  let authorized: boolean | undefined = signed ? false : undefined;
  try {
    if (version !== VERSION || (unsigned ?? signed) === undefined) {
      throw new ServiceError(
        400,
        "InvalidAction",
        `Could not find operation ${action} for version ${version}`,
      );
    }
    const call = { request, service };
    const signedBy = signed && verifySignature(request, service.sessions);
    authorized = signed && true;
    const result = signed && signedBy ? runSigned(signed, call, signedBy) : await unsigned?.(call);
    const answer = xmlAnswer(200, renderResult(action, result ?? {}, requestId), requestId);
    return { answer, authorized, errorCode: undefined };
  } catch (cause) {
    const error =
      cause instanceof ServiceError ? cause : new ServiceError(500, "InternalFailure", String(cause));
    return { answer: errorAnswer(error, requestId), authorized, errorCode: error.code };
  }
}
