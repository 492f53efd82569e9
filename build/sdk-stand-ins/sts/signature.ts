// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { Hash, toHex, toUint8Array } from "@smithy/core/serde";
import {
  createScope,
  getCanonicalHeaders,
  getPayloadHash,
  getSigningKey,
  prepareRequest,
  SignatureV4Base,
} from "@smithy/signature-v4";
import type { AwsCredentialIdentity, ChecksumConstructor, HttpRequest } from "@smithy/types";

const SERVICE = "sts";
const ALGORITHM = "AWS4-HMAC-SHA256";
const SHA256: ChecksumConstructor = Hash.bind(null, "sha256");

/**
 * In place of the SDK's signatures of URLs, events and messages besides those of requests. Every part of a signature is the
 * SDK's own; here they are put together.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class RequestSignature extends SignatureV4Base {
  readonly #credentials: AwsCredentialIdentity;
  readonly #region: string;

  constructor(credentials: AwsCredentialIdentity, region: string) {
    super({ credentials, region, service: SERVICE, sha256: SHA256 });
    this.#credentials = credentials;
    this.#region = region;
  }

  async sign(original: HttpRequest, date: Date): Promise<HttpRequest> {
    const { accessKeyId, sessionToken } = this.#credentials;
    const { longDate, shortDate } = this.formatDate(date);
    const scope = createScope(shortDate, this.#region, SERVICE);
    const request = prepareRequest(original);
    request.headers["x-amz-date"] = longDate;
    if (sessionToken) request.headers["x-amz-security-token"] = sessionToken;
    const payloadHash = await getPayloadHash(request, SHA256);
    request.headers["x-amz-content-sha256"] = payloadHash;
    const headers = getCanonicalHeaders(request);
    const canonical = this.createCanonicalRequest(request, headers, payloadHash);
    const text = await this.createStringToSign(longDate, scope, canonical, ALGORITHM);
    request.headers.authorization = [
      `${ALGORITHM} Credential=${accessKeyId}/${scope}`,
      `SignedHeaders=${this.getCanonicalHeaderList(headers)}`,
      `Signature=${await this.#hash(text, shortDate)}`,
    ].join(", ");
    return request;
  }

  async #hash(text: string, shortDate: string): Promise<string> {
    const key = await getSigningKey(SHA256, this.#credentials, shortDate, this.#region, SERVICE);
    const hash = new SHA256(key);
    hash.update(toUint8Array(text));
    return toHex(await hash.digest());
  }
}
