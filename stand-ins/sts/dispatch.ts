import { assumeRole } from "./assume-role.ts";
import { assumeRoleWithWebIdentity } from "./assume-role-with-web-identity.ts";
import { regionDisabled, ServiceError } from "./errors.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";
import { type QueryParameters, renderError, renderResult, type XmlContent } from "./query-protocol.ts";
import type { Call, Service, ServiceRequest, SignedBy, SignedCall } from "./service.ts";
import { verifySignature } from "./sigv4.ts";
import type { Judgement } from "./trust-policy.ts";

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
  /** Its message. */
  readonly errorMessage: string | undefined;
  /** How the role's trust policy was judged, where it came to that. */
  readonly judgement: Judgement | undefined;
}

type Operation =
  | { readonly signed: false; readonly run: (call: Call) => Promise<XmlContent> }
  | { readonly signed: true; readonly run: (call: SignedCall) => XmlContent };

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ["AssumeRoleWithWebIdentity", { signed: false, run: assumeRoleWithWebIdentity }],
  ["AssumeRole", { signed: true, run: assumeRole }],
  ["GetCallerIdentity", { signed: true, run: getCallerIdentity }],
]);

function xmlAnswer(status: number, body: string, requestId: string): Answer {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}

/** A refusal as the service sends it. */
export function errorAnswer(error: ServiceError, requestId: string): Answer {
  return xmlAnswer(error.status, renderError(error, requestId), requestId);
}

function findOperation(parameters: QueryParameters): Operation {
  const action = parameters.get("Action") ?? "";
  const version = parameters.get("Version");
  const operation = OPERATIONS.get(action);
  if (operation !== undefined && version === VERSION) return operation;
  throw new ServiceError(400, "InvalidAction", `Could not find operation ${action} for version ${version}`);
}

function assertRegionActive({ request, service }: Call, { session, region }: SignedBy): void {
  const { accountId } = session.role;
  if (service.directory.isRegionDeactivated(accountId, request.region ?? region))
    throw regionDisabled(accountId);
}

async function run(call: Call, onVerified: (isValid: boolean) => void): Promise<XmlContent> {
  const operation = findOperation(call.request.parameters);
  if (!operation.signed) return operation.run(call);
  onVerified(false);
  const signedBy = verifySignature(call.request, call.service.sessions);
  onVerified(true);
  assertRegionActive(call, signedBy);
  return operation.run({ ...call, signedBy });
}

/** Runs the operation that the request names and renders what it gives. */
export async function dispatch(
  request: ServiceRequest,
  service: Service,
  requestId: string,
): Promise<Outcome> {
  const action = request.parameters.get("Action") ?? "";
  let authorized: boolean | undefined;
  let judgement: Judgement | undefined;
  const onJudged = (latest: Judgement | undefined) => {
    judgement = latest;
  };
  try {
    const result = await run({ request, service, onJudged }, (isValid) => {
      authorized = isValid;
    });
    const answer = xmlAnswer(200, renderResult(action, result, requestId), requestId);
    return { answer, authorized, errorCode: undefined, errorMessage: undefined, judgement };
  } catch (cause) {
    const error =
      cause instanceof ServiceError ? cause : new ServiceError(500, "InternalFailure", String(cause));
    const answer = errorAnswer(error, requestId);
    return { answer, authorized, errorCode: error.code, errorMessage: error.message, judgement };
  }
}
