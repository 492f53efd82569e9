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

/** An answer that took longer says too little about the time. */
const LONGEST_EXCHANGE_MS = 900_000;

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
    const sentMs = Date.now();
    const offsetMs = this.#clockOffsetMs;
    const signed = await this.#signature.sign(request, new Date(sentMs + offsetMs));
    try {
      const reply = await exchange(signed);
      this.#setClock(reply.response, { sentMs });
      return reply;
    } catch (error) {
      const { ServerTime, $response, $metadata } = error as ServiceError;
      const isKnown = this.#setClock($response, { sentMs, date: ServerTime });
      const isSkewed = Math.abs(this.#clockOffsetMs) >= SKEW_MS && this.#clockOffsetMs !== offsetMs;
      if (isKnown && isSkewed && $metadata) $metadata.clockSkewCorrected = true;
      throw error;
    }
  }

  /** Whether the answer has a date; one from a cache is no news. */
  #setClock(
    response: HttpResponse | undefined,
    {
      sentMs,
      date = response?.headers.date,
    }: { readonly sentMs: number; readonly date?: string | undefined },
  ): boolean {
    if (!date) return false;
    const nowMs = Date.now();
    const offsetMs = Date.parse(date) - nowMs;
    const isFresh = response?.headers.age === undefined && nowMs - sentMs <= LONGEST_EXCHANGE_MS;
    if (isFresh && !Number.isNaN(offsetMs)) this.#clockOffsetMs = offsetMs;
    return true;
  }
}
