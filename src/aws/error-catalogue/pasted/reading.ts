import { MASK } from "../../../foundation/secret.ts";
import { parseRoleArn, type RoleArn } from "../../arn.ts";
import { readLoneCode, readSentence, readServiceError } from "./service-error.ts";

/** What a pasted text says, each part as written; what it does not say is absent. */
export interface Reading {
  /** All of it on one line, without colours, frames and secrets. */
  readonly text: string;
  readonly code: string | undefined;
  /** Finds a message in the catalogue that came without its code; never shown. */
  readonly impliedCode: string | undefined;
  /** What AWS said. */
  readonly message: string | undefined;
  /** `PutObject` */
  readonly operation: string | undefined;
  readonly service: string | undefined;
  readonly httpStatus: string | undefined;
  readonly requestId: string | undefined;
  /** ARN of who asked. */
  readonly caller: string | undefined;
  /** `s3:PutObject`, which was refused. */
  readonly denied: string | undefined;
  readonly resource: string | undefined;
  /** The kind of policy that refused, in the words of AWS: `no identity-based policy allows the … action`. */
  readonly because: string | undefined;
  /** The one role that the text names. */
  readonly role: RoleArn | undefined;
  readonly iss: string | undefined;
  readonly aud: string | undefined;
  readonly sub: string | undefined;
  /** Host, or address and port, of a connection. */
  readonly endpoint: string | undefined;
  readonly registry: string | undefined;
  readonly profile: string | undefined;
  readonly region: string | undefined;
}

/** Reads a clean text on one line. */
export function readPaste(text: string): Reading {
  const service = readServiceError(text);
  const sentence = readSentence(text);
  const first = (...patterns: readonly RegExp[]): string | undefined => findFirst(text, patterns);
  return {
    text,
    code: service?.code ?? readLoneCode(text),
    impliedCode: sentence?.impliedCode,
    message: service?.message ?? sentence?.message,
    operation: first(
      /when calling the (\w+) operation/,
      /operation error [\w .-]+?: (\w+),/,
      /error executing "(\w+)" on/i,
      /\bcalling (?:sts|iam|s3|ec2|ecr|ssm|kms):(\w+)/i,
      /\boperation=(\w+)/,
    ),
    service: first(
      /operation error ([\w .-]+?): \w+,/,
      /\(Service: ([\w ]+?)[;,] Status Code/,
      /\bservice=(\w+)/,
    ),
    httpStatus: first(
      /\bstatus ?code["']?[:=] ?(\d{3})\b/i,
      /\bhttpStatusCode["']?[:=] ?(\d{3})\b/i,
      /\bHTTP(?:\/[\d.]+)?[: ]+(\d{3})\b/,
      /\bstatus: (\d{3})\b/,
      /\bresulted in a `(\d{3}) /,
    ),
    requestId: first(
      /\(HTTP \d{3}, request ([\w-]{8,})\)/,
      /request[ _-]?id["']?(?:\\")?[:=]? ?["'(]?(?:Some\()?"?([\dA-Za-z][\w-]{7,})/i,
      /<RequestId> ?([\w-]{8,})/i,
    ),
    ...readPermission(text),
    role: readRole(text),
    ...readIssuer(text),
    endpoint: first(...ENDPOINTS)?.replace(/[.:]+$/, ""),
    registry: first(
      /\b(\d{12}\.dkr\.ecr(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?)/,
      /\b(public\.ecr\.aws)\b/,
    ),
    profile: first(...PROFILES),
    region: first(...REGIONS),
  };
}

function findFirst(text: string, patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const value = pattern
      .exec(text)
      ?.slice(1)
      .find((group) => group !== undefined);
    if (value !== undefined && !value.includes(MASK)) return value;
  }
  return undefined;
}

const ARN = "arn:aws[\\w-]*:[^\\s\"'\\\\,;<>()]+";

/**
 * The policies that the documentation of IAM names in refusals. @see
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const BECAUSE =
  / (because the resource does not exist in this Region, no resource-based policies allow access|because public \w+ are blocked by the \w+ block public access setting|because no [\w -]+? (?:policy|boundary) allows|(?:because of |with )?an? explicit deny in an? [\w -]+?(?:policy|boundary))/i;

function readPermission(text: string): Pick<Reading, "caller" | "denied" | "resource" | "because"> {
  const found = new RegExp(
    `(?:User: (?<caller>${ARN}) is |You are |\\b)not authorized to perform:? (?<denied>[a-z][\\w-]*:[\\w*]+)(?<rest>.*)`,
  ).exec(text);
  const rest = found?.groups?.rest ?? "";
  const because = BECAUSE.exec(rest.slice(0, MAX_RESOURCE))?.[1];
  return {
    caller: tidy(found?.groups?.caller),
    denied: found?.groups?.denied,
    resource: readResource(rest),
    because,
  };
}

const MAX_RESOURCE = 1600;

/**
 * Up to the reason, if there is one, else to the first space. One that JSON would have to escape is not used, nor an S3
 * key that may continue after a space: part of it would be another resource.
 */
function readResource(rest: string): string | undefined {
  const found =
    /^ on (?:the )?resource:? (?<quote>"?)(?<resource>[^"\\]*)(?<isCut>["\\][^\s,.;:)}\]"\\])?/.exec(
      rest.slice(0, MAX_RESOURCE),
    );
  if (found?.groups === undefined) return undefined;
  const { quote, resource = "", isCut } = found.groups;
  if (quote !== "") return isCut === undefined ? tidy(resource) : undefined;
  const at = resource.search(BECAUSE);
  if (at >= 0) return tidy(resource.slice(0, at));
  const isWhole = isCut === undefined || /^(?!arn:aws[\w-]*:s3:)\S+ /.test(resource);
  return isWhole ? tidy(resource.split(" ")[0]) : undefined;
}

function tidy(value: string | undefined): string | undefined {
  if (value === undefined || value.includes(MASK)) return undefined;
  const bare = value.trim().replace(/[.,;:'")\]]+$/, "");
  return bare === "" ? undefined : bare;
}

/** A text that names two roles does not say which one is meant. */
function readRole(text: string): RoleArn | undefined {
  const arns = new Set(
    Array.from(text.matchAll(/arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]*[\w+=@-]/g), ([arn]) => arn),
  );
  const [only = ""] = arns;
  const parsed = parseRoleArn(only, "role");
  return arns.size === 1 && parsed.ok ? parsed.value : undefined;
}

const URL_END = "(https://[\\w.:/~%-]+)";

/** The issuer, from the words of STS, IAM and this program's own log. */
function readIssuer(text: string): Pick<Reading, "iss" | "aud" | "sub"> {
  const first = (...patterns: readonly RegExp[]): string | undefined => findFirst(text, patterns);
  const url = first(
    new RegExp(`provider found in your account for ${URL_END}`),
    new RegExp(`openid.configuration of provider:? ${URL_END}`, "i"),
    new RegExp(`Provider with url ${URL_END}`),
    new RegExp(`token iss ${URL_END}`),
    /oidc-provider\/([\w-]+(?:\.[\w-]+)+(?::\d+)?(?:\/[\w.-]+)*)/,
  );
  const iss = url?.replace(/\.+$/, "");
  return {
    iss: iss === undefined || iss.startsWith("https://") ? iss : `https://${iss}`,
    aud: first(/token aud (\S+)/),
    sub: first(/token sub (\S+)/, /\bsub: (project_path:\S+)/),
  };
}

const HOST = "([\\w-]+(?:\\.[\\w-]+)+(?::\\d+)?|localhost(?::\\d+)?)";

const ENDPOINTS: readonly RegExp[] = [
  new RegExp(`endpoint URL: ["']?https?://${HOST}`),
  new RegExp(`validation failed for https?://${HOST}`),
  new RegExp(`Inaccessible host: [\`'"]${HOST}`),
  new RegExp(`HTTPS?ConnectionPool\\(host=['"]${HOST}`),
  new RegExp(`(?:Get|Post|Head|Put) ["']?https?://${HOST}`, "i"),
  new RegExp(`getaddrinfo \\w+ ${HOST}`),
  new RegExp(`(?:connect|read|write) E[A-Z]+ ${HOST}`),
  new RegExp(`lookup ${HOST}`),
  new RegExp(`Could not resolve host: ${HOST}`),
  new RegExp(`UnknownHostException: ${HOST}`),
  new RegExp(`Failed to connect to ${HOST}`),
  new RegExp(`attempting to connect to: https?://${HOST}`),
  new RegExp(`Connect to ${HOST}`),
  new RegExp(`dial tcp:? ${HOST}`),
  new RegExp(`certificate is valid for .{1,300}, not ${HOST}`),
  new RegExp(`Host: ${HOST}\\. is not`),
  new RegExp(`unable to access ['"]?https?://${HOST}`),
  new RegExp(`\\(DNS: "?${HOST}`),
  new RegExp(`asked STS at https?://${HOST}`),
];

const PROFILES: readonly RegExp[] = [
  /config profile \(([^)]{1,100})\) could not be found/,
  /AWS profile "([^"]{1,100})" doesn't seem to be configured/,
  /failed to get shared config profile, ?([\w.@/-]{1,100})/,
  /[Pp]rofile ['"`]?([\w.@/-]{1,100})['"`]? (?:could not be found|does not exist|not found|was not found)/,
  /Could not resolve credentials using profile: \[([^\]]{1,100})\]/,
  /contained no credentials for profile '([\w.@/-]{1,100})'/,
  /--profile[ =]([\w.@/-]{1,100})/,
];

const REGIONS: readonly RegExp[] = [
  /expecting '([\w-]+)'/,
  /\bs3[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws/,
  /"(?:Region|region)" ?: ?"([\w-]+)"/,
];
