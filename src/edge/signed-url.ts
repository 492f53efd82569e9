import { createHash, createHmac } from "node:crypto";
import type { UrlToSign } from "../foundation/ports.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";

/** A request is sent at once; a slightly wrong clock must not matter. */
const VALID_SECONDS = 60;

/**
 * Signs a GET request in its query string, with Signature Version 4.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signUrl({ url, region, service, at, credentials }: UrlToSign): string {
  const { protocol, host, pathname, searchParams } = new URL(url);
  const time = at.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const query = canonicalQuery([
    ...searchParams,
    ["X-Amz-Algorithm", ALGORITHM],
    ["X-Amz-Credential", `${accessKeyId}/${scope}`],
    ["X-Amz-Date", time],
    ["X-Amz-Expires", String(VALID_SECONDS)],
    ...(sessionToken === undefined ? [] : [["X-Amz-Security-Token", sessionToken.reveal()] as const]),
    ["X-Amz-SignedHeaders", "host"],
  ]);
  const request = ["GET", pathname, query, `host:${host}\n`, "host", sha256("")].join("\n");
  const text = [ALGORITHM, time, scope, sha256(request)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey.reveal()}`);
  return `${protocol}//${host}${pathname}?${query}&X-Amz-Signature=${hmac(key, text).toString("hex")}`;
}

function canonicalQuery(members: readonly (readonly [string, string])[]): string {
  return members
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
}

/** Everything except unreserved characters, in upper case. RFC 3986 section 2.3. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
