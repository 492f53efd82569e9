/** An error of AWS, as a tool reports it. */
export interface ServiceError {
  /** Only if the text itself has one. */
  readonly code: string | undefined;
  readonly message: string;
}

const CODE = "(?<code>(?!HostID:|RequestID:)[A-Z]\\w*(?:\\.[A-Z]\\w*)*)";

/** AWS codes end like this; anything else ending in `Error` is a class of some language. */
const CODE_LIKE =
  "(?<code>(?:Validation|Internal|InternalServer|IDPCommunication|OpenIdIdpCommunication)Error|[A-Z]\\w*(?:Denied|Token|TokenId|Failure|Document|TooLarge|Exists|Match|Claim|Unavailable|Throttling|Throttled|AccessKeyId|NoSuchEntity|Redirect|Operation|Signature|OptInRequired|Expired|Skewed)|[A-Z]\\w*Exception|Throttling|NoSuchEntity|NoSuchBucket|AuthFailure|RequestExpired|OptInRequired|IDPRejectedClaim)";

/** The ways in which tools write a code and its message. */
const FORMS: readonly RegExp[] = [
  // The AWS CLI, boto3, SAM.
  /An error occurred \((?<code>[\w.]+)\) when calling the \w+ operation(?: \([^)]*\))?: ?(?<message>.*)/,
  // Go: Terraform, Pulumi, kubectl; errors that the API models come without "api error".
  new RegExp(`\\bapi error ${CODE}: (?<message>.*)`),
  new RegExp(
    `https response error StatusCode: \\d+, RequestID: [\\w-]*,(?: HostID: [^,]*,)? ${CODE}: (?<message>.*)`,
  ),
  // Rust.
  /\bcode: (?:Some\()?"(?<code>\w+)"\)?, message: (?:Some\()?"(?<message>[^"]*)"/,
  // XML and JSON, as services answer.
  /<Code>(?<code>\w+)<\/Code>\s*<Message>(?<message>[^<]*)/i,
  /"__type" ?: ?"(?:[\w.]+#)?(?<code>\w+)" ?, ?"[Mm]essage" ?: ?"(?<message>[^"]*)"/,
  /"Code" ?: ?"(?<code>\w+)" ?, ?"Message" ?: ?"(?<message>[^"]*)"/,
  // PHP.
  new RegExp(`${CODE} \\((?:client|server)\\): (?<message>.*)`),
  // JavaScript, Ruby, .NET and Go v1: the code, a colon, the message.
  new RegExp(`(?<![\\w.])(?:\\w+::)*(?:Errors::)?${CODE_LIKE}: (?<message>.*)`),
  new RegExp(`\\b(?:errorfactory|Model)\\.${CODE_LIKE}: (?<message>.*)`),
];

/** Where the message ends and the tool's own text continues. */
const END =
  /\s*(?:status code: \d{3}\b|\(HTTP \d{3}[,)]|\(Service: |,? with provider\[|\bon \S+ line \d|\bat (?:Request|throwDefaultError|de_|deserialize|\w+ ?\(|process)|\{ '?\$?(?:fault|metadata)|, request id: |"?,? ?\b(?:host|request) id:)/;

/** Classes of programming languages that look like codes. */
const NO_CODE =
  /^(?:Sdk\w*|Amazon\w*|\w*Client|Runtime|IO|Socket|Execution|NullPointer|IllegalState|Sts|S3|Ecr|Ecs|Iam|Ssm|Kms|CloudFormation|DynamoDb|Lambda)Exception$/;

/** Reads AWS's code and message; `undefined` if the text has no code in any known form. */
export function readServiceError(text: string): ServiceError | undefined {
  const java = readJava(text);
  if (java !== undefined) return java;
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups === undefined || NO_CODE.test(groups.code ?? "")) continue;
    return { code: groups.code, message: endOf(groups.message ?? "") };
  }
  return undefined;
}

/** Longer than any message of AWS. */
const MAX_MESSAGE = 600;

/**
 * In Java the message comes first: `… (Service: Sts; Status Code: 403; Error Code: AccessDenied; …)`; in v2 without a
 * code.
 */
function readJava(text: string): ServiceError | undefined {
  const found = /\(Service: [\w ]+[;,] Status Code: \d+(?:; Error Code: (?<code>\w+))?/.exec(text);
  if (found === null) return undefined;
  const before = text.slice(Math.max(0, found.index - MAX_MESSAGE), found.index);
  const named = /\.model\.(?<code>\w+Exception): /.exec(before)?.groups?.code ?? "";
  const code = found.groups?.code ?? (NO_CODE.test(named) || named === "" ? undefined : named);
  const message = before.replace(/^.*\b\w+Exception: /, "").trim();
  return { code, message };
}

/** Sentences that only STS and IAM use, and the code that they come with. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [
    /Not authorized to perform:? sts:(?:AssumeRoleWithWebIdentity|TagSession|SetSourceIdentity)/i,
    "AccessDenied",
  ],
  [/Unrecognized OAuth provider/, "AccessDenied"],
  [
    /The web identity token provided could not be validated|No OpenIDConnect provider found in your account|Incorrect token audience|Token audience contains more than one audience|Missing a required claim: |Claim is not allowed to be empty: |Couldn't retrieve verification key from your identity provider|Token signature invalid|The ID Token provided is not a valid JWT|Provided Token is not a Login With Amazon token|Token issued in the future|Token not yet valid: current date|Invalid timestamp in token claims|principal_tags passed in claim|OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint/,
    "InvalidIdentityToken",
  ],
  [/Token expired: current date|Token too old: /, "ExpiredTokenException"],
  [/The security token included in the request is expired|The provided token has expired/, "ExpiredToken"],
  [/The security token included in the request is invalid/, "InvalidClientTokenId"],
  [/Signature expired: |Signature not yet current: /, "SignatureDoesNotMatch"],
  [
    /The requested DurationSeconds exceeds|Value '[^']*' at '(?:durationSeconds|roleSessionName|roleArn)' failed to satisfy|Request ARN is invalid|openid configuration of provider|openid-configuration of provider/,
    "ValidationError",
  ],
  [/STS is not activated in this region/, "RegionDisabledException"],
  [/Packed size of session tags consumes|Packed policy consumes/, "PackedPolicyTooLarge"],
  [/Provider with url \S+ already exists/, "EntityAlreadyExists"],
  [/Invalid principal in policy|The trust policy must evaluate/, "MalformedPolicyDocument"],
];

/**
 * Finds a sentence of STS or IAM whose code is known, for tools that omit codes. The code is only for looking up: it
 * must not be shown, since the text does not have it.
 */
export function readSentence(
  text: string,
): { readonly impliedCode: string; readonly message: string } | undefined {
  const found = SENTENCES.map(([sentence, impliedCode]) => ({ impliedCode, at: text.search(sentence) }))
    .filter(({ at }) => at >= 0)
    .toSorted((left, right) => left.at - right.at)[0];
  return found && { impliedCode: found.impliedCode, message: endOf(text.slice(found.at)) };
}

/** Codes that say enough without a message. */
const LONE_CODE =
  /(?<![\w.])(?<code>MalformedPolicyDocument|IDPCommunicationError|OpenIdIdpCommunicationError|IDPRejectedClaim|PackedPolicyTooLarge|InternalFailure|InternalError|ServiceUnavailable|RegionDisabledException|Throttling(?:Exception)?|TooManyRequestsException|RequestLimitExceeded|ExpiredToken(?:Exception)?|RequestExpired|InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException)(?:Exception)?(?!\w)/;

/** A code on its own anywhere in the text. */
export function readLoneCode(text: string): string | undefined {
  return LONE_CODE.exec(text)?.[0];
}

function endOf(message: string): string {
  const at = message.search(END);
  return (at < 0 ? message : message.slice(0, at)).trim();
}
