import { randomUUID } from "node:crypto";
import { release } from "node:os";
import type { Readable } from "node:stream";
import { QueryShapeSerializer, XmlShapeDeserializer } from "@aws-sdk/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import type { DocumentSchema, HttpRequest, HttpResponse, Schema, StaticOperationSchema } from "@smithy/types";
import { TOO_LARGE, toStsError } from "../aws/sts/failure.ts";
import type { StsTarget } from "../aws/sts/sts.ts";
import { buildStsUrl } from "../aws/sts/sts-url.ts";
import type { StopSignal } from "../foundation/ports.ts";
import { SDK_VERSION } from "./sdk-version.ts";
import type { StsSignature } from "./sts-signature.ts";

/** Sends single requests; nothing here retries one. */
export interface SendsRequests {
  handle(
    request: HttpRequest,
    options: { readonly abortSignal: StopSignal },
  ): Promise<{ readonly response: HttpResponse }>;
}

/** What all requests of a run share. */
export interface StsNetwork {
  readonly requestHandler: SendsRequests;
  /** Shown in CloudTrail as part of the user agent. */
  readonly userAgentAppId: string;
  /** The value of `AWS_EXECUTION_ENV`, also shown there. */
  readonly executionEnvironment?: string | undefined;
}

/** One operation of STS, by its schema in the SDK, and its parameters. */
export interface Call {
  readonly schema: StaticOperationSchema;
  readonly input: object;
}

/** An answer of STS, with the members that the schema names; none is guaranteed. */
export interface Answer<Output> {
  readonly output: Partial<Output>;
  readonly httpStatus: number;
}

const VERSION = "2011-06-15";
const SETTINGS = {
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: false,
  xmlNamespace: `https://sts.amazonaws.com/doc/${VERSION}/`,
  serviceNamespace: "com.amazonaws.sts",
  serializeEmptyLists: true,
} as const;
const ANY_DOCUMENT: DocumentSchema = 15;

const deserializer = new XmlShapeDeserializer(SETTINGS);

/**
 * Sends one request to STS, once: written, signed and read with published parts of the AWS SDK, and with the headers of
 * the SDK's own client.
 */
export class StsRequests {
  readonly #target: StsTarget;
  readonly #network: StsNetwork;
  readonly #signature: StsSignature | undefined;

  /** @param signature without it, requests are not signed */
  constructor(target: StsTarget, network: StsNetwork, signature?: StsSignature) {
    this.#target = target;
    this.#network = network;
    this.#signature = signature;
  }

  /** @throws {StsError} */
  async send<Output>(call: Call, signal: StopSignal): Promise<Answer<Output>> {
    const [, , action, , , outputSchema] = call.schema;
    const asked = { action, target: this.#target };
    const offsetMs = this.#signature?.clockOffsetMs ?? 0;
    const response = await this.#ask(call, signal).catch((error: unknown) => {
      throw toStsError(error, asked);
    });
    try {
      const bytes = await collectBytes(response.body);
      if (response.statusCode >= 300) throw readRefusal(bytes);
      const output = read(bytes, NormalizedSchema.of(outputSchema), `${action}Result`);
      this.#signature?.setClock(response);
      return { output, httpStatus: response.statusCode };
    } catch (error) {
      this.#signature?.setClock(response, error);
      const clockCorrected = this.#signature?.wasCorrectedSince(offsetMs) ?? false;
      throw toStsError(error, { ...asked, reply: response, clockCorrected });
    }
  }

  async #ask({ schema, input }: Call, signal: StopSignal): Promise<HttpResponse> {
    const [, , action, , inputSchema] = schema;
    const parameters = new QueryShapeSerializer(SETTINGS);
    parameters.write(NormalizedSchema.of(inputSchema), input);
    const request = this.#write(`Action=${action}&Version=${VERSION}${parameters.flush()}`);
    const sent = (await this.#signature?.sign(request)) ?? request;
    const { response } = await this.#network.requestHandler.handle(sent, { abortSignal: signal });
    return response;
  }

  /** Its headers, in the order of the SDK's middleware. */
  #write(body: string): HttpRequest {
    const { protocol, hostname, port, pathname } = new URL(buildStsUrl(this.#target));
    return {
      method: "POST",
      protocol,
      hostname,
      ...(port !== "" && { port: Number(port) }),
      path: pathname.endsWith("/") ? pathname : `${pathname}/`,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(Buffer.byteLength(body)),
        ...this.#userAgent(),
        host: port === "" ? hostname : `${hostname}:${port}`,
        "amz-sdk-invocation-id": randomUUID(),
        "amz-sdk-request": "attempt=1; max=1",
      },
      body,
    };
  }

  #userAgent(): Readonly<Record<string, string>> {
    const { userAgentAppId, executionEnvironment } = this.#network;
    const sdk = `aws-sdk-js/${SDK_VERSION}`;
    const features = [
      ...(this.#target.endpoint === undefined ? [] : [ENDPOINT_BY_URL]),
      STANDARD_RETRIES,
      ...(this.#signature === undefined ? [] : [CREDENTIALS_IN_CODE]),
    ];
    const sections = [
      sdk,
      "ua/2.1",
      `os/${process.platform}#${escapeValue(release())}`,
      "lang/js",
      `md/nodejs#${process.versions.node}`,
      `api/sts#${SDK_VERSION}`,
      ...(executionEnvironment
        ? [`exec-env/${executionEnvironment.split("/").map(escapeValue).join("/").replaceAll("#", "-")}`]
        : []),
      `m/${features.join(",")}`,
      ...(userAgentAppId ? [`app/${escapeValue(userAgentAppId)}`] : []),
    ];
    return { "x-amz-user-agent": sdk, "user-agent": sections.join(" ") };
  }
}

/** With these, the SDKs tell AWS in the user agent which features are used. */
const [ENDPOINT_BY_URL, STANDARD_RETRIES, CREDENTIALS_IN_CODE] = ["N", "E", "e"];

/** A text with only the characters allowed in a section of the user agent. */
function escapeValue(text: string): string {
  return text.replace(/[^!$%&'*+\-.^_`|~\w#]/g, "-");
}

/** The members of an answer by a schema; none if there is no answer or no element with this name. */
function read(bytes: Uint8Array, schema: Schema, element?: string) {
  return bytes.length === 0 ? {} : (deserializer.read(schema, bytes, element) ?? {});
}

/** The error in an answer, with its code and the server's time, if given. */
function readRefusal(bytes: Uint8Array): Error {
  const { Errors, ...answer } = read(bytes, ANY_DOCUMENT);
  const told = Errors?.[0]?.Error ?? Errors?.Error ?? answer.Error ?? {};
  if (typeof told !== "object") return new Error("an error without members");
  const { message, Message, ...members } = told;
  return Object.assign(new Error(message ?? Message ?? answer.message ?? answer.Message), members);
}

/** STS answers have a few kilobytes; this is plenty even for the longest session tokens and tags. */
const MAX_ANSWER_BYTES = 65_536;

function tooLarge(): Error {
  const message = `more than ${MAX_ANSWER_BYTES / 1024} KiB, more than any STS answer`;
  return Object.assign(new Error(message), { code: TOO_LARGE });
}

/**
 * The SDK's own collector has no limit, and first checks for a `ReadableStream`, which takes Node 3 ms to load.
 *
 * An answer can arrive before the platform has noted that the request was sent; until then another request would open
 * another connection.
 */
function collectBytes(stream: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    stream.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) stream.destroy(tooLarge());
    });
    stream.once("error", reject);
    stream.once("end", () => setImmediate(() => resolve(Buffer.concat(chunks))));
  });
}
