import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AwsCredentialIdentity, ChecksumConstructor, HttpRequest, HttpResponse } from "@smithy/types";

const SHA256: ChecksumConstructor = Hash.bind(null, "sha256");

/** A clock that is this wrong is worth another attempt, as in the SDK. */
const SKEW_MS = 240_000;

/** Signs the requests of one set of credentials with the clock of STS, from its last answer. */
export class StsSignature {
  readonly #signer: SignatureV4;
  /** The offset to add to the machine's clock. */
  #clockOffsetMs = 0;

  constructor(credentials: AwsCredentialIdentity, region: string) {
    this.#signer = new SignatureV4({ credentials, region, service: "sts", sha256: SHA256 });
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
  sign(request: HttpRequest): Promise<HttpRequest> {
    return this.#signer.sign(request, { signingDate: new Date(Date.now() + this.#clockOffsetMs) });
  }

  /**
   * Sets the clock from an answer. A date from a cache is ignored.
   *
   * @param error the error in the answer, if any; it may contain the time too
   */
  setClock({ headers }: Pick<HttpResponse, "headers">, error?: unknown): void {
    const date = serverTimeOf(error) ?? headers.date;
    if (date === undefined || headers.age !== undefined) return;
    const offsetMs = Date.parse(date) - Date.now();
    if (!Number.isNaN(offsetMs)) this.#clockOffsetMs = offsetMs;
  }

  /** Whether a request signed with this offset was refused because of the clock, which is correct now. */
  wasCorrectedSince(offsetMs: number): boolean {
    return Math.abs(this.#clockOffsetMs) >= SKEW_MS && this.#clockOffsetMs !== offsetMs;
  }
}

function serverTimeOf(error: unknown): string | undefined {
  const time = error instanceof Error && "ServerTime" in error ? error.ServerTime : undefined;
  return typeof time === "string" ? time : undefined;
}
