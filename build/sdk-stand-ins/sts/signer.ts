// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import type { HttpRequest, HttpResponse, MetadataBearer, ResponseMetadata } from "@smithy/types";
import type { ClientConfig } from "./config.ts";
import { RequestSignature } from "./signature.ts";

interface Reply {
  readonly response: HttpResponse;
  readonly output: MetadataBearer;
}

interface ServiceError {
  readonly ServerTime?: string;
  readonly $response?: HttpResponse;
  readonly $metadata?: ResponseMetadata & { clockSkewCorrected?: boolean };
}

/** A clock that is as wrong as this is worth another attempt. */
const SKEW_MS = 240_000;

/** In place of the choice of a scheme, and of the SDK's signer: signs by the clock of STS, as its last answer told it. */
export class Signer {
  readonly #signature: RequestSignature | undefined;
  #clockOffsetMs = 0;

  constructor({ credentials, region }: ClientConfig) {
    this.#signature = credentials && new RequestSignature(credentials, region);
  }

  /** @throws what the exchange throws; its `$metadata` says whether the clock was wrong, and another attempt may succeed */
  async send(request: HttpRequest, exchange: (signed: HttpRequest) => Promise<Reply>): Promise<Reply> {
    if (this.#signature === undefined) throw new Error("no credentials were given to sign this request with");
    const offsetMs = this.#clockOffsetMs;
    const signed = await this.#signature.sign(request, new Date(Date.now() + offsetMs));
    try {
      const reply = await exchange(signed);
      this.#setClock(reply.response);
      return reply;
    } catch (error) {
      const { ServerTime, $response, $metadata } = error as ServiceError;
      this.#setClock($response, ServerTime);
      const isSkewed = Math.abs(this.#clockOffsetMs) >= SKEW_MS && this.#clockOffsetMs !== offsetMs;
      if (isSkewed && $metadata) $metadata.clockSkewCorrected = true;
      throw error;
    }
  }

  /** A date that comes from a cache is no news. */
  #setClock(response: HttpResponse | undefined, date = response?.headers.date): void {
    if (date === undefined || response?.headers.age !== undefined) return;
    const offsetMs = Date.parse(date) - Date.now();
    if (!Number.isNaN(offsetMs)) this.#clockOffsetMs = offsetMs;
  }
}
