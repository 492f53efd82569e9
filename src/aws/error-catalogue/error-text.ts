import { StsError, type StsFault, type StsTarget } from "../sts/sts.ts";

/** Codes of Node and OpenSSL for a connection that failed. */
const NETWORK_CODE =
  /\b(E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|PIPE|PROTO|NETUNREACH|HOSTUNREACH)|(?:UNABLE_TO|CERT|SELF_SIGNED|DEPTH_ZERO|ERR_TLS|ERR_SSL)_[A-Z\d_]+)\b/;

/**
 * The ways in which tools write a code before its message: the AWS CLI and boto3 in brackets behind "An error occurred",
 * Go and Terraform behind "api error", the others right before it.
 */
const SERVICE_ERRORS: readonly RegExp[] = [
  /An error occurred \((?<code>\w+)\) when calling the \w+ operation(?: \([^)]*\))?: (?<message>.*)/s,
  /api error (?<code>\w+): (?<message>.*)/s,
  /\b(?<code>[A-Z]\w*(?:Denied|Token|TokenId|Exception|Error|Failure|Document|TooLarge|Exists|Match|Claim|Unavailable)): (?<message>.*)/s,
];

/** The code of a message that none is known for. */
export const UNKNOWN_CODE = "unknown code";

/** Codes by which a message without one can be told. */
const CODE_OF_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/not authorized to perform|Unrecognized OAuth provider/i, "AccessDenied"],
  [/^Token (?:expired|too old)|request is expired/, "ExpiredTokenException"],
  [/security token included in the request is invalid/, "InvalidClientTokenId"],
  [/^Signature (?:expired|not yet)/, "SignatureDoesNotMatch"],
  [/DurationSeconds|failed to satisfy constraint|is invalid$/, "ValidationError"],
  [/^Rate exceeded/, "Throttling"],
  [/STS is not activated/, "RegionDisabledException"],
  [/^Packed size|too large for session/, "PackedPolicyTooLarge"],
  [/already exists/, "EntityAlreadyExists"],
  [/principal in policy/i, "MalformedPolicyDocument"],
  [/openid.configuration/i, "ValidationError"],
  [/token|claim|provider|audience|verification key|principal_tags/i, "InvalidIdentityToken"],
];

const SOMEWHERE: StsTarget = { region: "us-east-1", endpoint: undefined, variant: "standard" };

/** Reads an error that another program printed, as far as its text tells; a status that it does not tell is 400. */
export function parseErrorText(text: string): StsError {
  const trimmed = text.trim();
  const { code, message } = readServiceError(trimmed);
  const network = trimmed.match(NETWORK_CODE)?.[1];
  const fault: StsFault =
    network === undefined
      ? {
          kind: "service",
          code,
          httpStatus: Number(trimmed.match(/(?:StatusCode|HTTP)[: ]+(\d{3})/)?.[1] ?? 400),
          requestId: trimmed.match(/RequestI[dD]:? ([\w-]{8,})/)?.[1],
        }
      : { kind: "network", code: network };
  const action = trimmed.match(/\b(?:AssumeRole(?:WithWebIdentity)?|GetCallerIdentity)\b/)?.[0] ?? "request";
  return new StsError(message, { fault, action, target: SOMEWHERE });
}

function readServiceError(text: string): { readonly code: string; readonly message: string } {
  const groups = SERVICE_ERRORS.map((pattern) => pattern.exec(text)?.groups).find(
    (found) => found !== undefined,
  );
  const message = (groups?.message ?? text).replace(/^Error: /, "").trim();
  const code = groups?.code ?? CODE_OF_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  return { code: code ?? UNKNOWN_CODE, message };
}
