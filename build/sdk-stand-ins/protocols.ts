// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { HttpRequest } from "@smithy/core/protocols";
import { NormalizedSchema, TypeRegistry } from "@smithy/core/schema";
import { _parseRfc3339DateTimeWithOffset } from "@smithy/core/serde";
import type {
  Endpoint,
  HttpResponse,
  OperationSchema,
  Provider,
  ResponseMetadata,
  SchemaRef,
  SerdeFunctions,
  ShapeSerializer,
} from "@smithy/types";

export * from "@smithy/core/protocols";

/** In place of the base of all protocols: without event streams, and without parts of the host name that the input tells. */
export abstract class RpcProtocol {
  readonly compositeErrorRegistry: TypeRegistry;
  abstract readonly serializer: ShapeSerializer<string>;

  constructor({
    defaultNamespace,
    errorTypeRegistries,
  }: {
    readonly defaultNamespace: string;
    readonly errorTypeRegistries: readonly TypeRegistry[];
  }) {
    this.compositeErrorRegistry = new TypeRegistry(defaultNamespace);
    for (const registry of errorTypeRegistries) this.compositeErrorRegistry.copyFrom(registry);
  }

  async serializeRequest(
    { input: schema }: OperationSchema,
    input: object,
    { endpoint }: { readonly endpoint: Provider<Endpoint> },
  ): Promise<HttpRequest> {
    const request = new HttpRequest({ ...(await endpoint()), method: "POST" });
    this.serializer.write(NormalizedSchema.of(schema).getSchema(), input);
    request.body = this.serializer.flush();
    return request;
  }

  deserializeMetadata({ statusCode, headers }: HttpResponse): ResponseMetadata {
    const requestId =
      headers["x-amzn-requestid"] ?? headers["x-amzn-request-id"] ?? headers["x-amz-request-id"];
    const [extendedRequestId, cfId] = [headers["x-amz-id-2"], headers["x-amz-cf-id"]];
    return { httpStatusCode: statusCode, requestId, extendedRequestId, cfId } as ResponseMetadata;
  }
}

/** In place of a reader for every kind of body: those of answers are streams. */
export function collectBody(
  body: unknown,
  { streamCollector }: Pick<SerdeFunctions, "streamCollector">,
): Promise<Uint8Array> {
  return streamCollector(body);
}

/** In place of a reader for every kind of value: those of STS are texts, numbers, and dates in one format. */
export class FromStringShapeDeserializer {
  read(schema: SchemaRef, text: string): unknown {
    const normalized = NormalizedSchema.of(schema);
    if (normalized.isTimestampSchema()) return _parseRfc3339DateTimeWithOffset(text);
    return normalized.isNumericSchema() ? Number(text) : text;
  }
}
