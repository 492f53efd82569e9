import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { invalidClientTokenId, ServiceError, signatureDoesNotMatch } from "./errors.ts";
import { partitionOfRegion } from "./regions.ts";
import type { ServiceRequest, SignedBy } from "./service.ts";
import type { Session, Sessions } from "./sessions.ts";

/** The parts of an `Authorization` header. */
interface Authorization {
  readonly accessKeyId: string;
  /** `20261123` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;

const CLOCK_SKEW_MINUTES = 5;

function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined) {
    throw new ServiceError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
  }
  const match = AUTHORIZATION.exec(header);
  if (match === null) {
    throw new ServiceError(
      400,
      "IncompleteSignature",
      "Authorization header requires existence of all its parts.",
    );
  }
  const [, accessKeyId = "", date = "", region = "", service = "", signedHeaders = "", signature = ""] =
    match;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(";"), signature };
}

function parseAmzDate(text: string | undefined): Date {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "");
  if (match === null) {
    throw new ServiceError(400, "IncompleteSignature", "Date must be in ISO-8601 'basic format'.");
  }
  const [, year, month, day, hours, minutes, seconds] = match;
  return new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
}

function formatAmzDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function assertClock(signedAt: Date, now: Date): void {
  const earliest = new Date(now.getTime() - CLOCK_SKEW_MINUTES * 60_000);
  const latest = new Date(now.getTime() + CLOCK_SKEW_MINUTES * 60_000);
  const [signed, current] = [formatAmzDate(signedAt), formatAmzDate(now)];
  if (signedAt < earliest) {
    throw signatureDoesNotMatch(
      `Signature expired: ${signed} is now earlier than ${formatAmzDate(earliest)} ` +
        `(${current} - ${CLOCK_SKEW_MINUTES} min.)`,
    );
  }
  if (signedAt > latest) {
    throw signatureDoesNotMatch(
      `Signature not yet current: ${signed} is still later than ${formatAmzDate(latest)} ` +
        `(${current} + ${CLOCK_SKEW_MINUTES} min.)`,
    );
  }
}

function assertScope(authorization: Authorization, { region, headers }: ServiceRequest): void {
  if (region !== undefined && authorization.region !== region) {
    throw signatureDoesNotMatch("Credential should be scoped to a valid region. ");
  }
  if (authorization.service !== "sts") {
    throw signatureDoesNotMatch("Credential should be scoped to correct service: 'sts'. ");
  }
  if (!headers["x-amz-date"]?.startsWith(authorization.date)) {
    throw signatureDoesNotMatch(
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.",
    );
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Unreserved characters stay, everything else is percent-encoded in upper case. */
function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(search: URLSearchParams): string {
  return [...search]
    .map(([name, value]) => `${encodeUri(name)}=${encodeUri(value)}`)
    .sort()
    .join("&");
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function canonicalRequest(request: ServiceRequest, signedHeaders: readonly string[]): string {
  const { pathname, searchParams } = new URL(request.target, "http://localhost");
  const headers = signedHeaders.map((name) => {
    const value = (request.headers[name] ?? "").trim().replace(/ +/g, " ");
    return `${name}:${value}\n`;
  });
  return [
    request.method,
    pathname.split("/").map(encodeUri).join("/"),
    canonicalQuery(searchParams),
    headers.join(""),
    signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
}

function expectedSignature(request: ServiceRequest, authorization: Authorization, secret: string): string {
  const { date, region, service, signedHeaders } = authorization;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const stringToSign = [
    "AWS4-HMAC-SHA256",
    request.headers["x-amz-date"],
    scope,
    sha256(canonicalRequest(request, signedHeaders)),
  ].join("\n");
  const signingKey = [date, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(signingKey, stringToSign).toString("hex");
}

/** Credentials of one partition mean nothing to another. */
function findSession(request: ServiceRequest, authorization: Authorization, sessions: Sessions): Session {
  const { accessKeyId, region } = authorization;
  const session = sessions.find(accessKeyId);
  const isKnown = session !== undefined && request.headers["x-amz-security-token"] === session.sessionToken;
  if (!isKnown || partitionOfRegion(region) !== session.role.partition) throw invalidClientTokenId();
  return session;
}

/**
 * Verifies Signature Version 4 with the secret key of a session that the service issued.
 *
 * @throws ServiceError naming what is wrong with the signature or the session
 */
export function verifySignature(request: ServiceRequest, sessions: Sessions): SignedBy {
  const authorization = parseAuthorization(request.headers.authorization);
  const session = findSession(request, authorization, sessions);
  assertScope(authorization, request);
  assertClock(parseAmzDate(request.headers["x-amz-date"]), request.receivedAt);
  const isHostSigned = authorization.signedHeaders.includes("host");
  const expected = expectedSignature(request, authorization, session.secretAccessKey);
  if (!isHostSigned || !timingSafeEqual(Buffer.from(expected), Buffer.from(authorization.signature))) {
    throw signatureDoesNotMatch(
      "The request signature we calculated does not match the signature you provided. " +
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
  if (sessions.hasExpired(session)) {
    throw new ServiceError(403, "ExpiredToken", "The security token included in the request is expired");
  }
  return { session, region: authorization.region };
}
