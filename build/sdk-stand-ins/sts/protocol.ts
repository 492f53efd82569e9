// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { errorTypeRegistries } from "@aws-sdk/client-sts";
import { AwsQueryProtocol } from "@aws-sdk/core/protocols";
import { operation } from "@smithy/core/schema";
import type {
  Endpoint,
  HttpRequest,
  HttpResponse,
  MetadataBearer,
  OperationSchema,
  Provider,
  ResponseMetadata,
  SerdeFunctions,
  StaticOperationSchema,
} from "@smithy/types";
import type { ClientConfig } from "./config.ts";

/** Of the SDK's protocol what is used here, and no more than it looks at itself. */
interface QueryProtocol {
  serializeRequest(
    operation: OperationSchema,
    input: object,
    context: { readonly endpoint: Provider<Endpoint> },
  ): Promise<HttpRequest>;
  deserializeResponse(
    operation: OperationSchema,
    context: Pick<SerdeFunctions, "streamCollector">,
    response: HttpResponse,
  ): Promise<MetadataBearer>;
}

const protocol: QueryProtocol = new AwsQueryProtocol({
  defaultNamespace: "com.amazonaws.sts",
  errorTypeRegistries,
  xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  version: "2011-06-15",
});

interface Call {
  readonly schema: StaticOperationSchema;
  readonly input: object;
  readonly endpoint: Endpoint;
}

export function serializeRequest({ schema, input, endpoint }: Call): Promise<HttpRequest> {
  return protocol.serializeRequest(toOperation(schema), input, { endpoint: async () => endpoint });
}

/** @throws what the answer says, or that it cannot be read, with the answer as `$response` */
export async function deserializeReply(
  schema: StaticOperationSchema,
  response: HttpResponse,
  config: ClientConfig,
): Promise<MetadataBearer> {
  try {
    return await protocol.deserializeResponse(toOperation(schema), config, response);
  } catch (error) {
    if (error instanceof Error) describeReply(error, response);
    throw error;
  }
}

interface ReplyError extends Error, Partial<MetadataBearer> {
  readonly $responseBodyText?: string;
}

/** Adds to an error what the SDK adds: to that of a service the answer, and to others a hint and what is known of it. */
function describeReply(error: ReplyError, response: HttpResponse): void {
  Object.defineProperty(error, "$response", { value: response });
  if ("$metadata" in error) return;
  error.message +=
    "\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.";
  if (error.$responseBodyText !== undefined) response.body = error.$responseBodyText;
  error.$metadata = readMetadata(response);
}

function readMetadata({ statusCode, headers }: HttpResponse): ResponseMetadata {
  const find = (pattern: RegExp) => Object.entries(headers).find(([name]) => pattern.test(name))?.[1];
  return {
    httpStatusCode: statusCode,
    requestId: find(/^x-[\w-]+-request-?id$/),
    extendedRequestId: find(/^x-[\w-]+-id-2$/),
    cfId: find(/^x-[\w-]+-cf-id$/),
  } as ResponseMetadata;
}

function toOperation([, namespace, name, traits, input, output]: StaticOperationSchema): OperationSchema {
  return operation(namespace, name, traits, input, output);
}
